import { InputError } from '@d-persona/shared/errors.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import {
  currentRelease,
  loadRelease,
  promoteRelease,
  publishRelease,
} from '@d-persona/shared/release/store.ts';
import { Command } from 'commander';
import { z } from 'zod';
import { backendSchema, chooseBackend } from '../backend/choose-backend.ts';
import { headTrainingSchema } from '../nightly/settings.ts';
import { addPersona } from '../personas/add-persona.ts';
import { readReaderCases } from '../personas/reader-cases.ts';
import { renderAddition } from '../personas/render-addition.ts';
import { FolderStore } from '../publish/folder-store.ts';
import { parseOptions } from './options.ts';

const count = z.coerce.number().int();
const optionsSchema = z.strictObject({
  id: z.string().min(1),
  title: z.string().min(1).optional(),
  data: z.string().min(1),
  reader: z.string().min(1).optional(),
  frame: z.enum(['crop', 'lesion']),
  store: z.string().min(1),
  release: z.string().min(1).optional(),
  hospital: z.string().min(1).optional(),
  cases: count.min(1).optional(),
  heldOut: z.coerce.number().gt(0).lt(1),
  steps: count.min(1),
  learningRate: z.coerce.number().positive(),
  seed: count,
  resamples: count.min(100).max(100_000),
  curve: z.boolean().default(false),
  measureOnly: z.boolean().optional(),
  backend: backendSchema.optional(),
  json: z.boolean().optional(),
});

/** The release that is meant. @throws InputError where neither option names one */
async function parentOf(store: FolderStore, { release, hospital }: z.output<typeof optionsSchema>) {
  const hash = release ?? (hospital === undefined ? null : await currentRelease(store, hospital));
  if (hash !== null) return loadRelease(store, hash, servingSpecs);
  throw new InputError({
    code: 'no-release',
    input: hospital ?? 'options',
    problem: hospital === undefined ? 'name no release' : 'is served by no release',
    remedy: 'Give --release <hash>, or --hospital of one that a release is promoted for',
  });
}

/** `d-persona persona add`: a new colleague on a published core, from a handful of their cases. */
export function personaAddCommand(): Command {
  return new Command('add')
    .description('Train one head for a new reader on a published release; all else keeps its very bytes')
    .requiredOption('--id <id>', 'id of the new persona, such as dr-lee')
    .option('--title <title>', 'how it is shown; the id if left out')
    .requiredOption('--data <path>', "folder or archive with images and the reader's masks")
    .option('--reader <name>', 'which reader of the data, where it has several')
    .option('--frame <crop|lesion>', 'what of a larger image: its middle, or around the outlines', 'crop')
    .requiredOption('--store <folder>', 'where releases are kept')
    .option('--release <hash>', "the release to add to; the hospital's current one if left out")
    .option('--hospital <id>', 'promote the new release for this hospital')
    .option('--cases <number>', 'learn from at most so many cases')
    .option('--held-out <share>', 'share of the patients to measure on', '0.3')
    .option('--steps <number>', 'optimiser steps', '150')
    .option('--learning-rate <number>', 'of Adam, falling as a cosine', '0.001')
    .option('--seed <number>', 'of the split and the training', '1')
    .option('--resamples <number>', 'draws of the bootstrap over patients', '2000')
    .option('--curve', 'also train heads on 2, 5, 10, 20 and 40 cases, to see how many are needed')
    .option('--measure-only', 'publish nothing')
    .option('--backend <name>', `one of ${backendSchema.options.join(', ')}`)
    .option('--json', 'print the report as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  d-persona persona add --id dr-lee --data cases/lee --store store --hospital demo',
    )
    .action(async (raw: unknown) => {
      const options = parseOptions(optionsSchema, raw);
      const { name, description } = await chooseBackend(options.backend);
      console.error(`backend ${name}: ${description}`);
      const store = new FolderStore(options.store);
      const parent = await parentOf(store, options);
      const { input } = parent.manifest;
      const split = await readReaderCases(options.data, options, input, options.heldOut, options.seed);
      const { id, title = options.id, steps, learningRate, seed, resamples, curve } = options;
      const { release, addition } = await addPersona(
        store,
        parent,
        { ...split, train: split.train.slice(0, options.cases) },
        {
          persona: { id, title },
          training: headTrainingSchema.parse({ steps, learningRate, seed }),
          resamples,
          curve,
          now: new Date(),
          onHead: (cases, dice) => console.error(`${cases} cases: Dice ${dice?.toFixed(3) ?? '–'}`),
        },
      );
      const report = options.measureOnly ? { ...addition, release: null } : addition;
      if (!options.measureOnly) {
        await publishRelease(store, release);
        if (options.hospital !== undefined) await promoteRelease(store, options.hospital, release.hash);
      }
      console.log(options.json ? JSON.stringify(report) : renderAddition(report));
      if (!options.json && report.release !== null) console.log(report.release);
    });
}
