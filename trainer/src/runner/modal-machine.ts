import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { missingPaths } from './job.ts';
import { type Attempt, ConnectionLost, type Machine } from './machine.ts';
import { call, callOrLost, type Program } from './program.ts';

/** The Modal app, which starts a job's command in an image and nothing else. */
export const MODAL_APP = fileURLToPath(new URL('../../runner/modal_app.py', import.meta.url));

/** Modal through its command line, or any program that takes the same commands (`--runner-command`). */
export const modalSettingsSchema = z.strictObject({
  program: z.tuple([z.string().min(1)], z.string()).default(['modal']),
  volume: z
    .string()
    .regex(/^[\w.-]+$/)
    .default('d-persona-jobs'),
});

export type ModalSettings = z.output<typeof modalSettingsSchema>;

/** What the app prints when it has started an attempt, or found it started. */
const startedSchema = z.strictObject({ app: z.string().regex(/^ap-[\w-]+$/), call: z.string() });
const STARTED = 'd-persona-started ';
/** What `modal app list --json` tells; only two of its columns matter. */
const appsSchema = z.array(z.looseObject({ 'App ID': z.string(), State: z.string() }));

/** A function call on Modal for each attempt; inputs and outputs are on a volume. */
export function modalMachine({ program, volume }: ModalSettings): Machine {
  const modal: Program = program;
  /** One file of the volume, or undefined where it is not there. */
  const readRemote = async (path: string): Promise<string | undefined> => {
    const { exitCode, stdout, stderr } = await call(modal, ['volume', 'get', volume, path, '-']);
    if (exitCode === 0) return stdout;
    if (/no such file|not found/i.test(stderr)) return undefined;
    throw new ConnectionLost(`${modal[0]} exits with ${exitCode}`);
  };
  const isRunning = async ({ handle }: Attempt): Promise<boolean> => {
    const apps = appsSchema.safeParse(JSON.parse(await callOrLost(modal, ['app', 'list', '--json'])));
    if (!apps.success) throw new ConnectionLost('the list of apps is not understood');
    return apps.data.some((app) => app['App ID'] === handle && !/stopped/i.test(app.State));
  };
  return {
    name: 'modal',
    async push(job) {
      // It may be there already, which is no error; a wrong name or account shows at the first upload.
      await call(modal, ['volume', 'create', volume]);
      const missing = new Set(await missingPaths(job, job.outputs));
      const begun = (await readRemote(`${job.id}/job.json`)) !== undefined;
      // Outputs from here are where an earlier run stopped; once the job has begun there, its own are newer.
      const paths = begun ? [] : job.outputs.filter((path) => !missing.has(path));
      for (const path of [...job.inputs, ...paths, 'job.json']) {
        await callOrLost(modal, [
          'volume',
          'put',
          '--force',
          volume,
          join(job.folder, path),
          `${job.id}/${path}`,
        ]);
      }
    },
    async start(job, number, seconds) {
      const { gpu, cpus, memoryMiB } = job.resources;
      const options = {
        D_PERSONA_VOLUME: volume,
        D_PERSONA_GPU: gpu ?? '',
        D_PERSONA_CPUS: String(cpus),
        D_PERSONA_MEMORY_MIB: String(memoryMiB),
        D_PERSONA_TIMEOUT: String(seconds),
        D_PERSONA_SECRETS: job.secrets.join(','),
      };
      const args = [
        'run',
        '--detach',
        '--quiet',
        `${MODAL_APP}::start`,
        '--job',
        job.id,
        '--attempt',
        String(number),
      ];
      const answer = await callOrLost(modal, args, { env: options });
      const line = answer.split('\n').find((text) => text.startsWith(STARTED));
      if (line === undefined) throw new ConnectionLost('the app does not say that it has started');
      return startedSchema.parse(JSON.parse(line.slice(STARTED.length))).app;
    },
    async state(job, attempt) {
      const exit = await readRemote(`${job.id}/.run/attempt-${attempt.number}/exit`);
      if (exit !== undefined) return { kind: 'exited', code: Number.parseInt(exit, 10) };
      return { kind: (await isRunning(attempt)) ? 'running' : 'lost' };
    },
    async follow(_job, { handle }, _offset, onLog, signal) {
      await call(modal, ['app', 'logs', '--follow', handle], { onLog, withErrors: true, signal });
    },
    async cancel(_job, { handle }) {
      await callOrLost(modal, ['app', 'stop', '--yes', handle]);
    },
    async pull(job) {
      for (const path of job.outputs) {
        const target = dirname(join(job.folder, path));
        const { exitCode, stderr } = await call(modal, [
          'volume',
          'get',
          '--force',
          volume,
          `${job.id}/${path}`,
          `${target}/`,
        ]);
        if (exitCode !== 0 && !/no such file|not found/i.test(stderr)) {
          throw new ConnectionLost(`${modal[0]} exits with ${exitCode}`);
        }
      }
    },
  };
}
