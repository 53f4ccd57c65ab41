import { z } from 'zod';
import type { Job } from './job.ts';
import { type AttemptState, ConnectionLost, type Machine } from './machine.ts';
import { call, callOrLost, type Program } from './program.ts';
import { secretValues } from './secrets.ts';

/** Docker on this machine, with the image of `trainer/runner/Dockerfile` or another that has the job's program. */
export const dockerSettingsSchema = z.strictObject({
  program: z.tuple([z.string().min(1)], z.string()).default(['docker']),
  image: z.string().min(1).default('d-persona-gpu'),
});

export type DockerSettings = z.output<typeof dockerSettingsSchema>;

const stateSchema = z.object({ Status: z.string(), ExitCode: z.int() });

/** Seconds that a container has for its checkpoint before it is killed. */
const STOP_SECONDS = '60';

/** A container for each attempt. Its name is the marker: Docker makes one of a name. */
export function dockerMachine({ program, image }: DockerSettings): Machine {
  const docker: Program = program;
  const name = ({ id }: Job, number: number) => `d-persona-${id}-${number}`;
  const state = async (job: Job, number: number): Promise<AttemptState> => {
    const { exitCode, stdout, stderr } = await call(docker, [
      'inspect',
      '--format',
      '{{json .State}}',
      name(job, number),
    ]);
    if (exitCode !== 0) {
      if (/no such/i.test(stderr)) return { kind: 'absent' };
      throw new ConnectionLost(`docker exits with ${exitCode}`);
    }
    const { Status, ExitCode } = stateSchema.parse(JSON.parse(stdout));
    if (Status === 'exited') return { kind: 'exited', code: ExitCode };
    return { kind: Status === 'dead' ? 'lost' : 'running' };
  };
  return {
    name: 'docker',
    async push() {},
    async start(job, number, seconds) {
      const { gpu, cpus, memoryMiB } = job.resources;
      const secrets = secretValues(job);
      const { exitCode, stderr } = await call(
        docker,
        [
          ...['run', '--detach', '--name', name(job, number)],
          ...['--volume', `${job.folder}:/job`, '--workdir', '/job'],
          ...['--cpus', String(cpus), '--memory', `${memoryMiB}m`, '--stop-timeout', STOP_SECONDS],
          ...(gpu === null ? [] : ['--gpus', 'all']),
          // By name alone: the value comes from this process' environment and stands in no list of processes.
          ...[...secrets.keys()].flatMap((secret) => ['--env', secret]),
          ...[image, 'timeout', '-k', STOP_SECONDS, String(seconds), ...job.command],
        ],
        { env: Object.fromEntries(secrets) },
      );
      if (exitCode !== 0 && (await state(job, number)).kind === 'absent') {
        throw new ConnectionLost(`docker exits with ${exitCode}: ${stderr.trim().split('\n').at(-1)}`);
      }
      return name(job, number);
    },
    state: (job, { number }) => state(job, number),
    async follow(_job, { handle }, offset, onLog, signal) {
      let seen = 0;
      // Docker tells a log from its beginning: what was told before is left out.
      const rest = (bytes: Uint8Array) => {
        const known = Math.max(0, Math.min(bytes.length, offset - seen));
        seen += bytes.length;
        if (known < bytes.length) onLog(bytes.subarray(known));
      };
      await call(docker, ['logs', '--follow', handle], { onLog: rest, withErrors: true, signal });
    },
    async cancel(_job, { handle }) {
      await callOrLost(docker, ['stop', '--time', STOP_SECONDS, handle]);
    },
    async pull() {},
  };
}
