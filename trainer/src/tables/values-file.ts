import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../run/atomic-file.ts';
import type { VariantValues } from './ask-variant.ts';

/** What a metric has of an image: null where it cannot be told (a diversity of one, say). */
const value = z.number().nullable();

const valuesSchema = z.strictObject({
  /** How the model was asked. */
  asked: z.strictObject({ samples: z.int(), bank: z.int(), seed: z.int() }),
  /** Time that this training took; of one that was stopped, since it was last resumed. */
  trainedSeconds: z.number(),
  images: z.array(
    z.strictObject({
      patient: z.string(),
      dicePersona: value,
      style: z.strictObject({ area: value, outline: value }),
      samples: z.strictObject({
        n: z.number(),
        ...{ gedPaper: value, gedUnbiased: value, diversity: value, diceSoft: value },
        ...{ diceMaxOfPredictions: value, diceMaxOfRaters: value, diceMatch: value },
      }),
    }),
  ),
});

type Stored = z.infer<typeof valuesSchema>;

/** Values of each image of one row, seed and fold. */
export interface RowValues extends Omit<Stored, 'images'> {
  readonly images: readonly VariantValues[];
}

const NAME = 'values.json';

export async function writeValues(folder: string, values: RowValues): Promise<void> {
  // JSON writes NaN as null.
  await writeFileAtomically(join(folder, NAME), Buffer.from(JSON.stringify(values)));
}

/** Values that were written for the same question, or undefined. */
export async function readValues(folder: string, asked: Stored['asked']): Promise<RowValues | undefined> {
  const text = await readFile(join(folder, NAME), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = valuesSchema.safeParse(JSON.parse(text));
  if (!parsed.success || JSON.stringify(parsed.data.asked) !== JSON.stringify(asked)) return undefined;
  const images = parsed.data.images.map(({ patient, dicePersona, style, samples }) => ({
    patient,
    dicePersona: dicePersona ?? Number.NaN,
    style: { area: style.area ?? Number.NaN, outline: style.outline ?? Number.NaN },
    samples: Object.fromEntries(
      Object.entries(samples).map(([name, known]) => [name, known ?? Number.NaN]),
    ) as VariantValues['samples'],
  }));
  return { ...parsed.data, images };
}
