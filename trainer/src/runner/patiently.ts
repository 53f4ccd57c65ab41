import { InputError } from '@d-persona/shared/errors.ts';
import { ConnectionLost } from './machine.ts';
import type { RunOptions } from './run-options.ts';

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Asks again while the connection is lost, with growing pauses. @throws InputError `unreachable` */
export async function patiently<T>(
  { pauseMs = 2000, patienceMs = 30 * 60_000, tell }: RunOptions,
  ask: () => Promise<T>,
): Promise<T> {
  const giveUp = Date.now() + patienceMs;
  for (let wait = pauseMs; ; wait = Math.min(2 * wait, 60_000)) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      if (Date.now() + wait > giveUp) {
        throw new InputError({
          code: 'unreachable',
          input: 'machine',
          problem: `does not answer (${error.message})`,
          remedy: 'The job runs on, if it was started; run the same command again to attach to it',
          cause: error,
        });
      }
      tell(`no answer (${error.message}); again in ${Math.round(wait / 1000)} s`);
      await pause(wait);
    }
  }
}
