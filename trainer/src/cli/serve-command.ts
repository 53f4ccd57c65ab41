import { InputError } from '@d-persona/shared/errors.ts';
import { createOperatorKey, operatorKeyHash } from '@d-persona/shared/release/api-key.ts';
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
    .addHelpText(
      'after',
      '\nThe environment variable D_PERSONA_OPERATOR_KEY sets the key that adds hospitals (d-persona key operator makes one).\n\nExample:\n  d-persona serve --store artifacts/store --port 8787',
    )
    .action(async (raw: unknown) => {
      const { store, port, persist } = parseOptions(optionsSchema, raw);
      const given = process.env.D_PERSONA_OPERATOR_KEY;
      const operatorKey = given ?? createOperatorKey();
      const variables = { OPERATOR_KEY_SHA256: await hashOrThrow(operatorKey) };
      const worker = await startWorker({ store, port, variables, ...(persist !== undefined && { persist }) });
      if (given === undefined) console.log(`Operator's key of this run, shown this once: ${operatorKey}`);
      console.log(`Listening on ${worker.url} (description: ${worker.url}/docs). Ctrl-C stops it.`);
      await untilStopped();
      await worker.stop();
    });
}

async function hashOrThrow(key: string): Promise<string> {
  const hash = await operatorKeyHash(key);
  if (hash !== null) return hash;
  throw new InputError({
    code: 'bad-operator-key',
    input: 'D_PERSONA_OPERATOR_KEY',
    problem: "is not an operator's key",
    remedy: 'Make one with d-persona key operator',
  });
}
