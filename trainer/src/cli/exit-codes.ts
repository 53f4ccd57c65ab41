import { InputError } from '@d-persona/shared/errors.ts';
import { Interrupted } from '../run/train-stage.ts';

/** What a monitor or a shell can tell from the exit code; every command's `--help` lists them. */
export const EXIT = {
  done: 0,
  /** A bug: the message says so, with a stack to report. */
  bug: 1,
  /** The command, a file or a request was wrong: the message names it and the remedy. */
  input: 2,
  /** A release was not published since quantization cost more than allowed. */
  refused: 3,
  /** Done, but a person should look at what it says. */
  look: 4,
  /** Stopped by a signal; the same command resumes. */
  interrupted: 130,
} as const;

export const EXIT_CODES_HELP = `
Exit codes: 0 done, 1 a bug, 2 wrong input (the message says what and how to mend it),
3 release refused, 4 done, but a person should look, 130 stopped (the same command resumes).`;

/** Prints an error as its kind deserves and gives the exit code. */
export function reportError(error: unknown, stream: NodeJS.WritableStream = process.stderr): number {
  if (error instanceof InputError) {
    stream.write(`error: ${error.message}\n`);
    return error.code === 'release-refused' ? EXIT.refused : EXIT.input;
  }
  if (error instanceof Interrupted) {
    stream.write(`${error.message}\n`);
    return EXIT.interrupted;
  }
  stream.write(`This is a bug in d-persona: ${error instanceof Error ? error.stack : String(error)}\n`);
  return EXIT.bug;
}
