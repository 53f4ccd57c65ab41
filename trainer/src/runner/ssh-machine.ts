import { basename, dirname, join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../run/atomic-file.ts';
import { type Job, missingPaths } from './job.ts';
import { type Attempt, ConnectionLost, type Machine } from './machine.ts';
import { type Call, call, callOrLost, type Program } from './program.ts';
import {
  COMMAND_FILE,
  commandFile,
  parseState,
  SUPERVISOR,
  secretLines,
  supervisorArguments,
} from './supervised.ts';

/** Nothing that the other machine's shell would read as anything but a word. */
const wordSchema = z
  .string()
  .regex(/^[\w./:@%+=,-]+$/, { error: 'has characters that a shell does not take as they are' });

/** A rented box that can be reached by ssh; it needs a POSIX shell, rsync, and what the job's command needs. */
export const sshSettingsSchema = z.strictObject({
  host: wordSchema
    .refine((host) => !host.startsWith('-'), { error: 'begins with a hyphen' })
    .meta({
      description: '[user@]host, or a name of ~/.ssh/config',
    }),
  port: z.int().min(1).max(65535).optional(),
  identity: z.string().min(1).optional().meta({ description: 'File of the private key' }),
  knownHosts: z.string().min(1).optional().meta({ description: 'File of known host keys' }),
  folder: wordSchema.default('d-persona-jobs').meta({ description: 'Where jobs are kept there' }),
});

export type SshSettings = z.output<typeof sshSettingsSchema>;

const MINUTE_MS = 60_000;

function sshProgram({ port, identity, knownHosts }: SshSettings): Program {
  return [
    'ssh',
    // Never ask; notice within a minute that the other side is gone.
    ...[
      '-o',
      'BatchMode=yes',
      '-o',
      'ConnectTimeout=20',
      '-o',
      'ServerAliveInterval=20',
      '-o',
      'ServerAliveCountMax=3',
    ],
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(identity === undefined ? [] : ['-i', identity, '-o', 'IdentitiesOnly=yes']),
    ...(knownHosts === undefined ? [] : ['-o', `UserKnownHostsFile=${knownHosts}`]),
  ];
}

/** A machine that is reached by ssh. */
export function sshMachine(settings: SshSettings): Machine {
  const ssh = sshProgram(settings);
  const { host } = settings;
  const there = ({ id }: Job) => `${settings.folder}/${id}`;
  const rsync: Program = ['rsync', '--archive', '--partial', '--relative', '--rsh', ssh.join(' ')];
  const supervise = (
    verb: string,
    job: Job,
    attempt: Pick<Attempt, 'number'>,
    more: string[],
    options?: Call,
  ) =>
    callOrLost(
      ssh,
      [
        host,
        'sh',
        `${there(job)}/.run/${basename(SUPERVISOR)}`,
        ...supervisorArguments(verb, there(job), attempt),
        ...more,
      ],
      options,
    );
  /** `./` tells rsync from where on a path is made there as well. */
  const send = (job: Job, paths: readonly string[], ...flags: string[]) =>
    callOrLost(rsync, [
      ...flags,
      ...paths.map((path) => `${job.folder}/./${path}`),
      `${host}:${there(job)}/`,
    ]);

  return {
    name: 'ssh',
    async push(job) {
      await writeFileAtomically(join(job.folder, COMMAND_FILE), Buffer.from(commandFile(job)));
      await callOrLost(ssh, [host, 'mkdir', '-p', `${there(job)}/.run`], { timeoutMs: MINUTE_MS });
      await callOrLost(rsync, [
        `${dirname(SUPERVISOR)}/./${basename(SUPERVISOR)}`,
        `${host}:${there(job)}/.run/`,
      ]);
      await send(job, ['job.json', COMMAND_FILE, ...job.inputs]);
      const missing = new Set(await missingPaths(job, job.outputs));
      const kept = job.outputs.filter((path) => !missing.has(path));
      // What the machine has made since is newer than what is here.
      if (kept.length > 0) await send(job, kept, '--ignore-existing');
    },
    async start(job, number, seconds) {
      const options = { input: secretLines(job), timeoutMs: 2 * MINUTE_MS };
      await supervise('start', job, { number }, [String(seconds)], options);
      return `${there(job)} ${number}`;
    },
    async state(job, attempt) {
      const answer = await call(
        ssh,
        [
          host,
          'sh',
          `${there(job)}/.run/${basename(SUPERVISOR)}`,
          ...supervisorArguments('state', there(job), attempt),
        ],
        { timeoutMs: MINUTE_MS },
      );
      // 127: the box answers, but the supervisor is not on it, so that nothing was ever started there.
      if (answer.exitCode === 127 || /can't open|No such file/.test(answer.stderr)) return { kind: 'absent' };
      if (answer.exitCode !== 0) throw new ConnectionLost(`ssh exits with ${answer.exitCode}`);
      return parseState(answer.stdout);
    },
    async follow(job, attempt, offset, onLog, signal) {
      await supervise('follow', job, attempt, [String(offset)], { onLog, signal });
    },
    async cancel(job, attempt) {
      await supervise('stop', job, attempt, [], { timeoutMs: 3 * MINUTE_MS });
    },
    async pull(job) {
      const paths = job.outputs.map((path) => `${host}:${there(job)}/./${path}`);
      const { exitCode } = await call(rsync, ['--ignore-missing-args', ...paths, `${job.folder}/`]);
      // 23: some of it was not there, which the caller finds out by itself.
      if (exitCode !== 0 && exitCode !== 23) throw new ConnectionLost(`rsync exits with ${exitCode}`);
    },
  };
}
