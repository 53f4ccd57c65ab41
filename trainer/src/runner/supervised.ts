import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Job } from './job.ts';
import { type Attempt, type AttemptState, ConnectionLost } from './machine.ts';
import { secretValues } from './secrets.ts';

/** The shell script that starts, watches and stops attempts where the job is done. */
export const SUPERVISOR = fileURLToPath(new URL('../../runner/supervise.sh', import.meta.url));

/** What {@link SUPERVISOR} reads the command from: one word a line. */
export const COMMAND_FILE = '.run/command';

export function commandFile({ command }: Job): string {
  return command.map((word) => `${word}\n`).join('');
}

/** `NAME=value` lines for the supervisor's standard input. */
export function secretLines(job: Job): string {
  return [...secretValues(job)].map(([name, value]) => `${name}=${value}\n`).join('');
}

/** Reads the supervisor's answer to `state`. @throws ConnectionLost for anything else */
export function parseState(text: string): AttemptState {
  const [kind, code] = text.trim().split(' ');
  if (kind === 'absent' || kind === 'running' || kind === 'lost') return { kind };
  if (kind === 'exited' && /^\d+$/.test(code ?? '')) return { kind, code: Number(code) };
  throw new ConnectionLost('the supervisor gives no state');
}

/** How an attempt is named to the supervisor. */
export function supervisorArguments(
  verb: string,
  folder: string,
  { number }: Pick<Attempt, 'number'>,
): string[] {
  return [verb, folder, String(number)];
}

export async function supervisorText(): Promise<string> {
  return readFile(SUPERVISOR, 'utf8');
}
