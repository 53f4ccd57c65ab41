import { Command } from 'commander';
import { z } from 'zod';
import { backendSchema, chooseBackend } from '../backend/choose-backend.ts';
import { doHeadJob } from '../nightly/head-job.ts';
import { parseOptions } from './options.ts';

const optionsSchema = z.strictObject({ backend: backendSchema.optional() });

/** `d-persona night-head`: what a night starts on another machine. Not shown: nobody calls it by hand. */
export function nightHeadCommand(): Command {
  return new Command('night-head')
    .description('Train and judge the head that input/request.json in this folder asks for')
    .option('--backend <name>', `one of ${backendSchema.options.join(', ')}`)
    .action(async (raw: unknown) => {
      const { backend } = parseOptions(optionsSchema, raw);
      const { name, description } = await chooseBackend(backend);
      console.error(`backend ${name}: ${description}`);
      await doHeadJob(process.cwd());
    });
}
