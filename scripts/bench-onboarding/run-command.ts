import { readFile } from 'node:fs/promises';
import { execa } from 'execa';

/** What a command took and printed. */
export interface CommandRun {
  readonly seconds: number;
  /** Of processor time, over all its threads; 0 where the system does not tell (Linux does). */
  readonly cpuSeconds: number;
  readonly stdout: string;
  readonly exitCode: number;
}

const TICKS_PER_SECOND = 100;

/** Processor time of the processes that this one has started and that have ended, s. */
async function endedChildren(): Promise<number> {
  const text = await readFile('/proc/self/stat', 'utf8').catch(() => undefined);
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ') ?? [];
  return (Number(fields[13] ?? 0) + Number(fields[14] ?? 0)) / TICKS_PER_SECOND;
}

/** Runs a program of this project with its own Node, from beginning to end. Its log goes to standard error. */
export async function runCommand(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandRun> {
  const [began, before] = [performance.now(), await endedChildren()];
  const { stdout, exitCode } = await execa(process.execPath, [program, ...args], {
    ...{ env, reject: false, stderr: 'inherit' },
  });
  return {
    seconds: Number(((performance.now() - began) / 1000).toFixed(1)),
    cpuSeconds: Number(((await endedChildren()) - before).toFixed(1)),
    stdout,
    exitCode: exitCode ?? 1,
  };
}
