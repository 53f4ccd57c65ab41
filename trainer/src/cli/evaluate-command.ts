import { InputError } from '@d-persona/shared/errors.ts';
import { Command } from 'commander';
import { z } from 'zod';
import { backendSchema, chooseBackend } from '../backend/choose-backend.ts';
import { evaluateAnyRaters } from '../evaluation/evaluate-any-raters.ts';
import { evaluateRelease } from '../evaluation/evaluate-release.ts';
import { evaluateRun } from '../evaluation/evaluate-run.ts';
import { renderEvaluation } from '../evaluation/render-table.ts';
import type { Evaluation } from '../evaluation/table.ts';
import { openRunData } from '../run/open-run-data.ts';
import { RunFolder } from '../run/run-folder.ts';
import { parseOptions } from './options.ts';
import { printTable, tableOptionsSchema } from './table-options.ts';

const optionsSchema = z.strictObject({
  run: z.string().min(1).optional(),
  release: z.string().min(1).optional(),
  data: z.string().min(1).optional(),
  anyRaters: z.coerce.number().int().min(1).optional(),
  split: z.enum(['validation', 'test']),
  samples: z.coerce.number().int().min(2).max(500),
  bank: z.coerce.number().int().min(1).max(5000),
  resamples: z.coerce.number().int().min(100).max(100_000),
  backend: backendSchema.optional(),
  json: z.boolean().optional(),
});

type Options = z.infer<typeof optionsSchema>;

async function evaluation({ run, release, data, anyRaters, ...options }: Options): Promise<Evaluation> {
  if (run !== undefined && release === undefined) {
    const folder = new RunFolder(run);
    if (anyRaters !== undefined)
      return evaluateAnyRaters(folder, await openRunData(await folder.config()), options, anyRaters);
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

const collect = (value: string, before: readonly string[]) => [...before, value];

/** `d-persona evaluate`: the table of a run beside its baselines, of a release on any data, or one of the paper's. */
export function evaluateCommand(): Command {
  return new Command('evaluate')
    .description('Measure GED and Dice on patients that were not trained on, with intervals and verdicts')
    .option('--run <folder>', 'a finished run; its evaluation.json is written')
    .option('--release <folder>', 'a published release: the folder with its manifest.json')
    .option('--data <path>', 'dataset to measure a release on: all of its patients; or of a table')
    .option('--table <diversity|personal|ablation|style>', "train and compare all of a table's rows")
    .option('--out <folder>', 'of a table: its runs, so that it goes on where it was stopped')
    .option('--rows <names>', 'of a table: some of its rows, with commas; the first is always there')
    .option('--against <name>', 'of a table: the row that all are compared with; the first by default')
    .option('--seeds <number>', 'of a table: trainings of each row', '1')
    .option('--folds <number>', 'of a table: divide the patients into folds, each tested once', '1')
    .option('--set <name=value>', 'of a table: a setting of all rows; may be repeated', collect, [])
    .option(
      '--any-raters <number>',
      'of a run: at most so many images that any rater outlined, of patients that nothing was trained or chosen on',
    )
    .option('--split <validation|test>', 'which patients of the run', 'test')
    .option('--samples <number>', 'diversified samples N; GED falls as N grows', '16')
    .option('--bank <number>', 'size M of the prior bank', '500')
    .option('--resamples <number>', 'draws of the bootstrap over patients', '2000')
    .option('--backend <name>', `one of ${backendSchema.options.join(', ')}`)
    .option('--json', 'print the evaluation as JSON instead of a table')
    .addHelpText(
      'after',
      '\nExamples:\n  d-persona evaluate --run runs/lidc\n  d-persona evaluate --table personal --data sample/lidc-idri-64.zip --out tables/lidc --seeds 3',
    )
    .action(async (raw: Record<string, unknown>) => {
      const { table, out, rows, against, seeds, folds, set, ...ofModel } = raw;
      const { backend, ...others } = ofModel;
      const { name, description } = await chooseBackend(parseOptions(backendSchema.optional(), backend));
      console.error(`backend ${name}: ${description}`);
      if (table !== undefined) {
        const { split: _, ...asked } = others;
        await printTable(
          parseOptions(tableOptionsSchema, { table, out, rows, against, seeds, folds, set, ...asked }),
        );
        return;
      }
      const options = parseOptions(optionsSchema, ofModel);
      const result = await evaluation(options);
      console.log(options.json ? JSON.stringify(result) : renderEvaluation(result));
    });
}
