import { promoteRelease } from '@d-persona/shared/release/store.ts';
import { Command } from 'commander';
import { z } from 'zod';
import { backendSchema, chooseBackend } from '../backend/choose-backend.ts';
import { ensureHospital } from '../publish/ensure-hospital.ts';
import { FolderStore } from '../publish/folder-store.ts';
import { publishRun } from '../publish/publish-run.ts';
import { openRunData } from '../run/open-run-data.ts';
import { RunFolder } from '../run/run-folder.ts';
import { parseOptions } from './options.ts';

const optionsSchema = z.strictObject({
  run: z.string().min(1),
  store: z.string().min(1),
  hospital: z.string().min(1),
  weights: z.enum(['int8', 'float16', 'float32']),
  maxLoss: z.coerce.number().min(0).max(1),
  samples: z.coerce.number().int().min(2).max(500),
  bank: z.coerce.number().int().min(1).max(5000),
  backend: backendSchema.optional(),
});

/** `d-persona publish`: a finished and evaluated run as a release, promoted for one hospital. */
export function publishCommand(): Command {
  return new Command('publish')
    .description('Quantize a run, measure what that costs, write the release, and serve it to a hospital')
    .requiredOption('--run <folder>', 'a finished run that was evaluated')
    .requiredOption('--store <folder>', 'where releases and hospitals are kept')
    .option('--hospital <id>', 'the hospital that it is promoted for; made where it is new', 'demo')
    .option('--weights <int8|float16|float32>', 'how weights are stored', 'int8')
    .option(
      '--max-loss <number>',
      'most that Dice may fall or GED rise; beyond it nothing is published',
      '0.005',
    )
    .option('--samples <number>', 'diversified samples N of the GED', '16')
    .option('--bank <number>', 'size M of the prior bank', '500')
    .option('--backend <name>', `one of ${backendSchema.options.join(', ')}`)
    .addHelpText('after', '\nExample:\n  d-persona publish --run runs/lidc --store store --hospital demo')
    .action(async (raw: unknown) => {
      const options = parseOptions(optionsSchema, raw);
      const { name, description } = await chooseBackend(options.backend);
      console.error(`backend ${name}: ${description}`);
      const folder = new RunFolder(options.run);
      const store = new FolderStore(options.store);
      const now = new Date();
      const { hash, manifest } = await publishRun(folder, await openRunData(await folder.config()), store, {
        ...options,
        kind: options.weights,
        now,
      });
      const key = await ensureHospital(store, options.hospital, now);
      await promoteRelease(store, options.hospital, hash);
      const { diceBefore, diceAfter, gedBefore, gedAfter } = manifest.quantization;
      console.error(
        `${options.weights}: Dice ${diceBefore.toFixed(4)} → ${diceAfter.toFixed(4)}, GED ${gedBefore.toFixed(4)} → ${gedAfter.toFixed(4)}`,
      );
      if (key !== undefined) console.error(`Key of ${options.hospital}, shown this once: ${key}`);
      console.log(hash);
    });
}
