import { resolve } from 'node:path';
import { Command } from 'commander';
import { z } from 'zod';
import { backendSchema, chooseBackend } from '../backend/choose-backend.ts';
import { buildConfig, parseConfigFile, parseSetting } from '../run/build-config.ts';
import { openRunData } from '../run/open-run-data.ts';
import { terminalProgress } from '../run/progress.ts';
import { RunFolder } from '../run/run-folder.ts';
import { runTraining } from '../run/run-training.ts';
import { parseOptions } from './options.ts';
import { readInput } from './read-input.ts';
import { abortOnStop } from './until-stopped.ts';

const optionsSchema = z.strictObject({
  data: z.string().min(1).optional(),
  out: z.string().min(1),
  preset: z.enum(['recipe', 'paper']),
  config: z.string().min(1).optional(),
  set: z.array(z.string()),
  backend: backendSchema.optional(),
  threads: z.coerce.number().int().min(1).max(256).optional(),
  printConfig: z.boolean().optional(),
});

const collect = (value: string, before: readonly string[]) => [...before, value];

/** `d-persona train`: both stages and the consensus baseline, into a run folder. */
export function trainCommand(): Command {
  return new Command('train')
    .description(
      'Train Stage I, Stage II and the consensus baseline on a dataset; resumes a run that was stopped',
    )
    .option('--data <path>', 'dataset: a folder or zip archive with images and masks of several raters')
    .option('--out <folder>', 'run folder: config, metrics, checkpoints', 'run')
    .option('--preset <recipe|paper>', 'settings to start from', 'recipe')
    .option('--config <file>', 'JSON file of settings that differ from the preset')
    .option('--set <name=value>', 'one setting, such as stage1.steps=600; may be repeated', collect, [])
    .option(
      '--backend <name>',
      `one of ${backendSchema.options.join(', ')}; by default the fastest that is there`,
    )
    .option('--threads <number>', 'threads of the WASM backend; by default one for each core')
    .option('--print-config', 'print the settings that would be used, and stop')
    .addHelpText(
      'after',
      "\nExample:\n  d-persona train --data sample/lidc-idri-64.zip --out runs/lidc --set 'architecture.widths=[8,16,32,64]'",
    )
    .action(async (raw: unknown) => {
      const options = parseOptions(optionsSchema, raw);
      const file = options.config;
      const changes = [
        ...(options.printConfig ? [{ data: { path: '<path>' } }] : []),
        ...(options.data === undefined ? [] : [{ data: { path: resolve(options.data) } }]),
        ...(file === undefined ? [] : [parseConfigFile(Buffer.from(await readInput(file)).toString(), file)]),
        ...options.set.map(parseSetting),
      ];
      const config = buildConfig(options.preset, changes);
      if (options.printConfig) {
        console.log(JSON.stringify(config, null, 2));
        return;
      }
      const backend = await chooseBackend(options.backend, options.threads);
      console.error(`backend ${backend.name}: ${backend.description}`);
      const data = await openRunData(config);
      const { dataset, split } = data;
      console.error(
        `${dataset.name}: ${dataset.samples.length} images, ${dataset.raters.length} ${dataset.kind} personas, ` +
          `${split.train.length}/${split.validation.length}/${split.test.length} images to train/validate/test`,
      );
      const folder = new RunFolder(options.out);
      await runTraining(config, folder, data, terminalProgress(process.stderr), abortOnStop());
      console.error(`The run is in ${options.out}. Next: d-persona evaluate --run ${options.out}`);
    });
}
