import { InputError } from '@d-persona/shared/errors.ts';
import { execa } from 'execa';
import { ConnectionLost, type OnLog } from './machine.ts';

/** A program and its first arguments, such as `['ssh', '-p', '2222']`. */
export type Program = readonly [string, ...string[]];

export interface Call {
  /** Given to the program on its standard input, so that it stands in no list of processes. */
  readonly input?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds after which the program counts as cut off. */
  readonly timeoutMs?: number;
  readonly onLog?: OnLog;
  /** Whether `onLog` takes standard error too; without it that is the program's own, such as ssh's complaints. */
  readonly withErrors?: boolean;
  readonly signal?: AbortSignal;
}

export interface Answer {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program without a shell.
 *
 * @returns its output, whatever its exit code; with `onLog`, output goes there as it comes
 * @throws InputError when there is no such program; ConnectionLost when it timed out or was killed
 */
export async function call(program: Program, args: readonly string[], options: Call = {}): Promise<Answer> {
  const { input, env, timeoutMs, onLog, withErrors, signal } = options;
  const [file, ...first] = program;
  const child = execa(file, [...first, ...args], {
    reject: false,
    buffer: onLog === undefined,
    stdin: input === undefined ? 'ignore' : 'pipe',
    ...(input !== undefined && { input }),
    ...(env && { env }),
    ...(timeoutMs !== undefined && { timeout: timeoutMs }),
    ...(signal && { cancelSignal: signal }),
  });
  if (onLog !== undefined) {
    child.stdout?.on('data', onLog);
    if (withErrors) child.stderr?.on('data', onLog);
    else child.stderr?.resume();
  }
  const result = await child;
  if (result.code === 'ENOENT' || result.code === 'EACCES') {
    throw new InputError({
      code: 'no-program',
      input: file,
      problem: 'is not a program on this machine',
      remedy: 'Install it, or name another with --runner-command',
      cause: result.cause,
    });
  }
  if (result.exitCode === undefined && !result.isCanceled) {
    throw new ConnectionLost(`${file}: ${result.shortMessage ?? 'did not end by itself'}`);
  }
  const text = (value: unknown) => (typeof value === 'string' ? value : '');
  return { exitCode: result.exitCode, stdout: text(result.stdout), stderr: text(result.stderr) };
}

/** As {@link call}, where anything but exit code 0 means that the machine could not be asked. */
export async function callOrLost(
  program: Program,
  args: readonly string[],
  options: Call = {},
): Promise<string> {
  const { exitCode, stdout, stderr } = await call(program, args, options);
  if (exitCode === 0) return stdout;
  throw new ConnectionLost(`${program[0]} exits with ${exitCode}: ${stderr.trim().split('\n').at(-1) ?? ''}`);
}
