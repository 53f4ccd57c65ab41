import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Job } from './job.ts';
import { type Ledger, type LedgerAttempt, writeLedger } from './ledger.ts';
import { type AttemptState, ConnectionLost, type Machine } from './machine.ts';
import { patiently, pause } from './patiently.ts';
import type { RunOptions } from './run-options.ts';

/** Exit codes of a command that was told to go: 130 of `d-persona` with its checkpoint written, 137 and 143 of signals. */
const PREEMPTED = new Set([130, 137, 143]);

/** Starts an attempt if it was not, follows it to its end, and writes down how it ended. */
export async function watchAttempt(
  job: Job,
  machine: Machine,
  ledger: Ledger,
  attempt: LedgerAttempt,
  options: RunOptions,
): Promise<void> {
  if (attempt.handle === null) {
    // Also after a kill between asking and hearing the answer: the machine's own marker makes it one attempt.
    await patiently(options, () => machine.push(job));
    attempt.handle = await patiently(options, () => machine.start(job, attempt.number, attempt.seconds));
    await writeLedger(job, ledger);
  } else options.tell(`attaching to attempt ${attempt.number}`);
  const asked = { number: attempt.number, handle: attempt.handle };
  const state = await followToEnd(job, machine, asked, options);
  attempt.ended = new Date().toISOString();
  if (options.signal.aborted) attempt.outcome = 'cancelled';
  else if (state.kind === 'exited') {
    attempt.exitCode = state.code;
    attempt.outcome = state.code === 0 ? 'done' : PREEMPTED.has(state.code) ? 'preempted' : 'failed';
  } else attempt.outcome = 'preempted';
  await writeLedger(job, ledger);
}

async function followToEnd(
  job: Job,
  machine: Machine,
  attempt: { number: number; handle: string },
  options: RunOptions,
): Promise<AttemptState> {
  const { onLog, tell, signal, pauseMs = 2000 } = options;
  const folder = join(job.folder, 'log');
  await mkdir(folder, { recursive: true });
  let offset = 0;
  let written = Promise.resolve();
  const take = (bytes: Uint8Array) => {
    offset += bytes.length;
    onLog(bytes);
    written = written.then(() => appendFile(join(folder, `attempt-${attempt.number}.log`), bytes));
  };
  let wasCancelled = false;
  for (;;) {
    if (signal.aborted && !wasCancelled) {
      tell('cancelling');
      await patiently(options, () => machine.cancel(job, attempt));
      wasCancelled = true;
    }
    let whole = true;
    try {
      await machine.follow(job, attempt, offset, take, signal);
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      whole = signal.aborted;
      if (!whole) tell(`connection lost (${error.message}); attaching again`);
    }
    await written;
    if (signal.aborted && !wasCancelled) continue;
    const state = await patiently(options, () => machine.state(job, attempt));
    // Where the connection was cut, the end of the log is still to be told.
    if (state.kind === 'lost' || state.kind === 'absent' || (state.kind === 'exited' && whole)) return state;
    await pause(pauseMs);
  }
}
