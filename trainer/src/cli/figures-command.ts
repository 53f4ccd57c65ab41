import { Command } from 'commander';
import { z } from 'zod';
import { backendSchema, chooseBackend } from '../backend/choose-backend.ts';
import { figuresOfRun } from '../report/figures/figures-of-run.ts';
import { figuresOf, writeFigures } from '../report/figures/write-figures.ts';
import { MetricsLog } from '../run/metrics-log.ts';
import { openRunData } from '../run/open-run-data.ts';
import { RunFolder } from '../run/run-folder.ts';
import { parseOptions } from './options.ts';

const optionsSchema = z.strictObject({
  run: z.string().min(1),
  out: z.string().min(1),
  split: z.enum(['validation', 'test']),
  cases: z.coerce.number().int().min(1).max(12),
  samples: z.coerce.number().int().min(2).max(500),
  bank: z.coerce.number().int().min(3).max(5000),
  backend: backendSchema.optional(),
});

/** `d-persona figures`: the paper's figures of a run, as PNG and SVG files. */
export function figuresCommand(): Command {
  return new Command('figures')
    .description(
      "Draw a finished run's figures: Dice matrix, diversified and personalised outlines, latent space, calibration, learning curves",
    )
    .requiredOption('--run <folder>', 'a finished run')
    .option('--out <folder>', 'where PNG and SVG files are written', 'figures')
    .option('--split <validation|test>', 'which patients of the run', 'test')
    .option('--cases <number>', 'images shown, from little to much disagreement of the raters', '3')
    .option('--samples <number>', 'diversified samples N', '50')
    .option('--bank <number>', 'size M of the prior bank', '500')
    .option('--backend <name>', `one of ${backendSchema.options.join(', ')}`)
    .addHelpText('after', '\nExample:\n  d-persona figures --run runs/lidc --out runs/lidc/figures')
    .action(async (raw: unknown) => {
      const { run, out, split, cases, samples, bank, backend } = parseOptions(optionsSchema, raw);
      await chooseBackend(backend);
      const folder = new RunFolder(run);
      const data = await openRunData(await folder.config());
      const figures = await figuresOfRun(folder, data, { split, cases, samples, bank });
      await data.dataset.close();
      const curves = await new MetricsLog(folder.path).records();
      const evaluation = await folder.evaluation().catch(() => undefined);
      const diversity = evaluation?.raters.diversity.mean ?? null;
      for (const path of await writeFigures(figuresOf(figures, curves, diversity), out)) console.log(path);
    });
}
