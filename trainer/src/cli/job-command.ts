import { parseJsonOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { Command } from 'commander';
import { z } from 'zod';
import { DEFAULT_PRICES, pricesSchema } from '../runner/cost.ts';
import { dockerMachine, dockerSettingsSchema } from '../runner/docker-machine.ts';
import { loadJob } from '../runner/job.ts';
import { localMachine } from '../runner/local-machine.ts';
import type { Machine } from '../runner/machine.ts';
import { modalMachine, modalSettingsSchema } from '../runner/modal-machine.ts';
import { runJob } from '../runner/run-job.ts';
import { sshMachine, sshSettingsSchema } from '../runner/ssh-machine.ts';
import { parseOptions } from './options.ts';
import { readInput } from './read-input.ts';
import { abortOnStop } from './until-stopped.ts';

const optionsSchema = z.strictObject({
  on: z.enum(['local', 'ssh', 'docker', 'modal']),
  host: z.string().optional(),
  port: z.coerce.number().int().optional(),
  identity: z.string().optional(),
  knownHosts: z.string().optional(),
  remoteFolder: z.string().optional(),
  image: z.string().optional(),
  runnerCommand: z.string().trim().min(1).optional(),
  prices: z.string().optional(),
  retry: z.boolean().optional(),
});

type Options = z.output<typeof optionsSchema>;

/** Only what was given, so that defaults count for the rest. */
function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function machineOf(options: Options): Machine {
  const { on, host, port, identity, knownHosts, remoteFolder: folder, image, runnerCommand } = options;
  const program = runnerCommand?.split(/\s+/);
  switch (on) {
    case 'local':
      return localMachine;
    case 'ssh':
      return sshMachine(parseOptions(sshSettingsSchema, given({ host, port, identity, knownHosts, folder })));
    case 'docker':
      return dockerMachine(parseOptions(dockerSettingsSchema, given({ image, program })));
    case 'modal':
      return modalMachine(parseOptions(modalSettingsSchema, given({ program })));
  }
}

async function pricesOf(path: string | undefined) {
  if (path === undefined) return DEFAULT_PRICES;
  return parseJsonOrThrow(
    pricesSchema,
    Buffer.from(await readInput(path)).toString(),
    path,
    'Correct the prices',
  );
}

/** `d-persona job`: a job's folder to another machine, its log here, its outputs back. */
export function jobCommand(): Command {
  return new Command('job')
    .description(
      'Do a job (a folder with job.json) here, by ssh, in Docker or on Modal; goes on where an earlier call was cut off',
    )
    .argument('<folder>', 'with job.json and its inputs; docs/runner.md tells what is in it')
    .option('--on <local|ssh|docker|modal>', 'where', 'local')
    .option('--host <host>', 'ssh: [user@]host, or a name of ~/.ssh/config')
    .option('--port <number>', 'ssh: port')
    .option('--identity <file>', 'ssh: private key')
    .option('--known-hosts <file>', 'ssh: known host keys')
    .option('--remote-folder <path>', 'ssh: where jobs are kept there')
    .option('--image <name>', 'docker: image')
    .option('--runner-command <words>', 'docker, modal: the program to use, such as "uvx modal"')
    .option('--prices <file>', 'JSON: US $ an hour, by machine and GPU')
    .option('--retry', 'start a job again that has failed')
    .addHelpText('after', '\nExample:\n  d-persona job jobs/lidc-full --on modal')
    .action(async (folder: string, raw: unknown) => {
      const options = parseOptions(optionsSchema, raw);
      const job = await loadJob(folder);
      const { paths, attempts, seconds, cost } = await runJob(job, machineOf(options), {
        prices: await pricesOf(options.prices),
        onLog: (bytes) => process.stderr.write(bytes),
        tell: (line) => console.error(`[${job.id}] ${line}`),
        signal: abortOnStop(),
        ...(options.retry && { retry: true }),
      });
      const minutes = (seconds / 60).toFixed(1);
      console.error(`[${job.id}] done: ${attempts} attempts, ${minutes} minutes, about $${cost.toFixed(2)}`);
      for (const path of paths) console.log(path);
    });
}
