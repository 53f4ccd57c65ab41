/**
 * Makes the release that ships with the project of a finished and evaluated run on LIDC-IDRI:
 *
 *   node scripts/ship-release.ts --run <folder> [--out releases/lidc-idri] [--weights int8] [--examples 12]
 *
 * Writes the release, copies of a few test patients' images, and the card where it is easily found. What was in the
 * folder is replaced.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { MODEL_CARD } from '@d-persona/shared/release/manifest.ts';
import { chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { reportError } from '@d-persona/trainer/cli/exit-codes.ts';
import { openSource } from '@d-persona/trainer/data/source/open-source.ts';
import { commonFolder } from '@d-persona/trainer/data/source/source.ts';
import { evaluateAnyRaters } from '@d-persona/trainer/evaluation/evaluate-any-raters.ts';
import { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { publishRun } from '@d-persona/trainer/publish/publish-run.ts';
import { writeFileAtomically } from '@d-persona/trainer/run/atomic-file.ts';
import { openRunData } from '@d-persona/trainer/run/open-run-data.ts';
import type { RunData } from '@d-persona/trainer/run/run-data.ts';
import { RunFolder } from '@d-persona/trainer/run/run-folder.ts';
import { z } from 'zod';
import { LIDC_CARD } from './sample-attribution.ts';

/** The public archive says neither whose it is nor what may be done with it. */
const LIDC = { ...LIDC_CARD, name: 'LIDC-IDRI slices' };
const SAMPLES = 16;
const BANK = 500;

const argumentsSchema = z.strictObject({
  run: z.string({ error: 'is needed: --run <folder>' }).min(1),
  out: z.string().min(1).default('releases/lidc-idri'),
  weights: z.enum(['int8', 'float16', 'float32']).default('int8'),
  examples: z.coerce.number().int().min(1).max(100).default(12),
  anyRaters: z.coerce.number().int().min(1).default(2000),
});

/** Images of as many test patients, one each, with all of their masks, as they are in the dataset. */
async function copyExamples(data: RunData, path: string, count: number, out: string): Promise<void> {
  const byPatient = [...Map.groupBy(data.split.test, ({ patient }) => patient).values()];
  const patients = Array.from(
    { length: Math.min(count, byPatient.length) },
    (_, i) => byPatient[Math.floor((i * byPatient.length) / count)] as (typeof byPatient)[number],
  );
  const source = await openSource(path);
  const folder = commonFolder(source.files.filter((file) => file.endsWith('.png')));
  for (const own of patients) {
    const sample = own[Math.floor(own.length / 2)] as (typeof own)[number];
    for (const file of [sample.image, ...sample.masks.filter((mask) => mask !== null)]) {
      await writeFileAtomically(join(out, file), await source.read(folder + file));
    }
  }
  await source.close();
  const { name, licence, attribution, kind, modality } = data.dataset;
  const card = { name: `${name}, examples`, licence, attribution, kind, ...(modality && { modality }) };
  await writeFileAtomically(join(out, 'dataset.json'), Buffer.from(`${JSON.stringify(card, null, 2)}\n`));
}

try {
  const { values } = parseArgs({
    options: {
      run: { type: 'string' },
      out: { type: 'string' },
      weights: { type: 'string' },
      examples: { type: 'string' },
      anyRaters: { type: 'string' },
    },
  });
  const options = parseOrThrow(argumentsSchema, { ...values }, 'arguments', 'See the head of this script');
  await chooseBackend();
  const folder = new RunFolder(options.run);
  const config = await folder.config();
  const found = await openRunData(config);
  const data: RunData = { ...found, dataset: { ...found.dataset, ...LIDC } };
  const asked = { samples: SAMPLES, bank: BANK };
  const anyRaters = await evaluateAnyRaters(folder, data, { ...asked, resamples: 2000 }, options.anyRaters);
  await rm(options.out, { recursive: true, force: true });
  const examples = join(options.out, 'examples');
  await copyExamples(data, config.data.path, options.examples, examples);
  const { hash, manifest, files } = await publishRun(folder, data, new FolderStore(options.out), {
    ...asked,
    kind: options.weights,
    maxLoss: 0.005,
    now: new Date(),
    anyRaters,
    examples,
  });
  const card = files.get(MODEL_CARD) as Uint8Array;
  await writeFileAtomically(join(options.out, MODEL_CARD), card);
  await data.dataset.close();
  console.log(`${hash} ${JSON.stringify(manifest.metrics)}`);
} catch (error) {
  process.exitCode = reportError(error);
}
