import { InputError } from '@d-persona/shared/errors.ts';
import { Command } from 'commander';
import { z } from 'zod';
import { backendSchema, chooseBackend } from '../backend/choose-backend.ts';
import { evaluateRelease } from '../evaluation/evaluate-release.ts';
import { evaluateRun } from '../evaluation/evaluate-run.ts';
import { renderEvaluation } from '../evaluation/render-table.ts';
import type { Evaluation } from '../evaluation/table.ts';
import { openRunData } from '../run/open-run-data.ts';
import { RunFolder } from '../run/run-folder.ts';
import { parseOptions } from './options.ts';

const optionsSchema = z.strictObject({
  run: z.string().min(1).optional(),
  release: z.string().min(1).optional(),
  data: z.string().min(1).optional(),
  split: z.enum(['validation', 'test']),
  samples: z.coerce.number().int().min(2).max(500),
  bank: z.coerce.number().int().min(1).max(5000),
  resamples: z.coerce.number().int().min(100).max(100_000),
  backend: backendSchema.optional(),
  json: z.boolean().optional(),
});

type Options = z.infer<typeof optionsSchema>;

async function evaluation({ run, release, data, ...options }: Options): Promise<Evaluation> {
  if (run !== undefined && release === undefined) {
    const folder = new RunFolder(run);
    const result = await evaluateRun(folder, await openRunData(await folder.config()), options);
    if (options.split === 'test') await folder.writeEvaluation(result);
    return result;
  }
  if (release !== undefined && data !== undefined && run === undefined)
    return evaluateRelease(release, data, options);
  throw new InputError({
    code: 'bad-options',
    input: 'options',
    problem: 'name neither a run alone nor a release with data',
    remedy: 'Give --run <folder>, or --release <folder> with --data <path>',
  });
}

/** `d-persona evaluate`: the table of a run beside its baselines, or of a release on any data. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Measure GED and Dice on patients that were not trained on, with intervals and verdicts')
    .option('--run <folder>', 'a finished run; its evaluation.json is written')
    .option('--release <folder>', 'a published release: the folder with its manifest.json')
    .option('--data <path>', 'dataset to measure a release on: all of its patients')
    .option('--split <validation|test>', 'which patients of the run', 'test')
    .option('--samples <number>', 'diversified samples N; GED falls as N grows', '16')
    .option('--bank <number>', 'size M of the prior bank', '500')
    .option('--resamples <number>', 'draws of the bootstrap over patients', '2000')
    .option('--backend <name>', `one of ${backendSchema.options.join(', ')}`)
    .option('--json', 'print the evaluation as JSON instead of a table')
    .addHelpText('after', '\nExample:\n  d-persona evaluate --run runs/lidc')
    .action(async (raw: unknown) => {
      const options = parseOptions(optionsSchema, raw);
      const { name, description } = await chooseBackend(options.backend);
      console.error(`backend ${name}: ${description}`);
      const result = await evaluation(options);
      console.log(options.json ? JSON.stringify(result) : renderEvaluation(result));
    });
}
