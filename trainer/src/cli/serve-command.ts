import { Command } from 'commander';
import { z } from 'zod';
import { startWorker } from '../serve/serve-worker.ts';
import { parseOptions } from './options.ts';
import { untilStopped } from './until-stopped.ts';

const optionsSchema = z.strictObject({
  store: z.string().min(1),
  port: z.coerce.number().int().min(0).max(65535),
  persist: z.string().min(1).optional(),
});

/** `d-persona serve`: the Worker in workerd on this machine. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Serve the releases of a store on this machine, in the runtime that Cloudflare deploys to')
    .requiredOption('--store <folder>', 'releases and hospitals, as d-persona publish writes them')
    .option('--port <number>', 'port on the loopback address; 0 takes a free one', '8787')
    .option('--persist <folder>', 'keep what the Worker stores between runs')
    .addHelpText('after', '\nExample:\n  d-persona serve --store artifacts/store --port 8787')
    .action(async (raw: unknown) => {
      const { store, port, persist } = parseOptions(optionsSchema, raw);
      const worker = await startWorker({ store, port, ...(persist !== undefined && { persist }) });
      console.log(`Listening on ${worker.url} (description: ${worker.url}/docs). Ctrl-C stops it.`);
      await untilStopped();
      await worker.stop();
    });
}
