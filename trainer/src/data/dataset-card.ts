import { readFile } from 'node:fs/promises';
import { parseJsonOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { z } from 'zod';
import { patientPatternSchema } from './options.ts';
import type { Source } from './source/source.ts';

/** `dataset.json`: what the pictures cannot say themselves. Every field may be left out. */
export const datasetCardSchema = z.strictObject({
  name: z.string().min(1).max(200).optional(),
  licence: z.string().min(1).max(200).optional(),
  attribution: z.string().max(2000).optional(),
  kind: z.enum(['rank', 'person']).optional(),
  modality: z.string().max(64).optional(),
  /** Millimetres a pixel: [row, column]. */
  spacing: z.tuple([z.number().positive(), z.number().positive()]).optional(),
  patientPattern: patientPatternSchema.optional(),
});

export type DatasetCard = z.infer<typeof datasetCardSchema>;

const REMEDY = 'Correct it, or remove it: it is optional';

/**
 * Reads `dataset.json` from the dataset's uppermost folders (the deeper one counts), or `<dataset>.json` beside it.
 *
 * @param folder where the pictures lie, below the source's top, with a slash at its end
 * @returns an empty card when there is none
 * @throws InputError when it is no JSON or has unknown fields
 */
export async function readDatasetCard(source: Source, folder: string): Promise<DatasetCard> {
  const parts = folder.split('/').slice(0, -1);
  for (let depth = parts.length; depth >= 0; depth--) {
    const path = [...parts.slice(0, depth), 'dataset.json'].join('/');
    if (!source.files.includes(path)) continue;
    const text = new TextDecoder().decode(await source.read(path));
    return parseJsonOrThrow(datasetCardSchema, text, path, REMEDY);
  }
  const beside = `${source.path.replace(/\/+$/, '').replace(/\.zip$/i, '')}.json`;
  const text = await readFile(beside, 'utf8').catch(() => undefined);
  return text === undefined ? {} : parseJsonOrThrow(datasetCardSchema, text, beside, REMEDY);
}
