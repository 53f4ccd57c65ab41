import { appendFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { estimateCost, type Prices } from './cost.ts';
import { withLock } from './exclusive-lock.ts';
import { type Job, missingPaths } from './job.ts';
import { type Ledger, type LedgerAttempt, openLedger, spentSeconds, writeLedger } from './ledger.ts';
import { type AttemptState, ConnectionLost, type Machine, type OnLog } from './machine.ts';

/** How a job is watched. */
export interface RunOptions {
  readonly prices: Prices;
  /** Takes the job's log as it comes. */
  readonly onLog: OnLog;
  /** Takes what the runner itself has to say, a line at a time. */
  readonly tell: (line: string) => void;
  /** Aborted to cancel the job. */
  readonly signal: AbortSignal;
  /** Start a failed job again. */
  readonly retry?: boolean;
  /** Between two questions to a machine that does not answer, at first; milliseconds. */
  readonly pauseMs?: number;
  /** How long a machine may not answer before this gives up, milliseconds; the job runs on. */
  readonly patienceMs?: number;
}

/** What a job left. */
export interface Artifacts {
  /** The job's outputs, as absolute paths on this machine. */
  readonly paths: readonly string[];
  readonly attempts: number;
  readonly seconds: number;
  /** US $, from the time that attempts took. */
  readonly cost: number;
}

/** The job ended with an exit code other than 0, or too late. */
export class JobFailed extends InputError {
  override readonly name = 'JobFailed';
}

/** Exit codes of a command that was told to go: 130 of `d-persona` with its checkpoint written, 137 and 143 of signals. */
const PREEMPTED = new Set([130, 137, 143]);
const TIMED_OUT = 124;

const now = () => new Date().toISOString();
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Does a job on a machine and brings its outputs back. Whatever happened to an earlier call of this (a lost connection,
 * a kill at any moment), the next one goes on from there: a running attempt is attached to, one that was preempted is
 * followed by another in the same folder, a finished one is only fetched. No attempt is started twice.
 *
 * @throws JobFailed; InputError for a job that is run elsewhere, too expensive, cancelled, or whose outputs are lost
 */
export async function runJob(job: Job, machine: Machine, options: RunOptions): Promise<Artifacts> {
  return withLock(join(job.folder, '.run', 'lock'), async () => {
    const ledger = await openLedger(job, machine.name);
    if (!ledger.fetched) await finish(job, machine, ledger, options);
    const seconds = spentSeconds(ledger, new Date());
    const { dollarsPerHour } = estimateCost({ ...job, priceCeiling: null }, machine.name, options.prices, 0);
    return {
      paths: job.outputs.map((path) => join(job.folder, path)),
      attempts: ledger.attempts.length,
      seconds,
      cost: (dollarsPerHour * seconds) / 3600,
    };
  });
}

async function finish(job: Job, machine: Machine, ledger: Ledger, options: RunOptions): Promise<void> {
  for (;;) {
    const last = ledger.attempts.at(-1);
    if (options.signal.aborted && last?.outcome !== 'running') throw cancelled(job);
    const again = last === undefined || last.outcome === 'preempted' || last.outcome === 'cancelled';
    if (again || (last.outcome === 'failed' && options.retry)) await begin(job, machine, ledger, options);
    const attempt = ledger.attempts.at(-1) as LedgerAttempt;
    if (attempt.outcome === 'running') await watch(job, machine, ledger, attempt, options);
    if (attempt.outcome === 'failed') throw failed(job, attempt);
    if (attempt.outcome === 'cancelled') throw cancelled(job);
    if (attempt.outcome === 'preempted') {
      options.tell(`attempt ${attempt.number} was preempted`);
      await keepCheckpoints(job, machine);
      continue;
    }
    await fetchOutputs(job, machine, options);
    ledger.fetched = true;
    await writeLedger(job, ledger);
    return;
  }
}

/** Brings back what a preempted attempt has reached, in case that the next one gets another box. */
async function keepCheckpoints(job: Job, machine: Machine): Promise<void> {
  try {
    await machine.pull(job);
  } catch (error) {
    // The box may be gone: then there is nothing to keep but what is here.
    if (!(error instanceof ConnectionLost)) throw error;
  }
}

/** Writes a new attempt into the ledger, before the machine is asked for it. */
async function begin(job: Job, machine: Machine, ledger: Ledger, options: RunOptions): Promise<void> {
  const number = ledger.attempts.length + 1;
  if (number > job.attempts) {
    throw new InputError({
      code: 'too-many-attempts',
      input: `job ${job.id}`,
      problem: `was started ${job.attempts} times and did not end`,
      remedy: 'Look at its log; allow more in a job of another id',
    });
  }
  const { expected, seconds } = estimateCost(
    job,
    machine.name,
    options.prices,
    spentSeconds(ledger, new Date()),
  );
  options.tell(
    `attempt ${number} on ${machine.name}: about $${expected.toFixed(2)}, stopped after ${seconds} s`,
  );
  ledger.attempts.push({
    number,
    handle: null,
    seconds,
    began: now(),
    ended: null,
    outcome: 'running',
    exitCode: null,
  });
  await writeLedger(job, ledger);
}

/** Starts an attempt if it was not, follows it to its end, and writes down how it ended. */
async function watch(
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
  attempt.ended = now();
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

/** The outputs, once more where something is missing. @throws InputError `outputs-lost` */
async function fetchOutputs(job: Job, machine: Machine, options: RunOptions): Promise<void> {
  for (let tries = 1; ; tries++) {
    await patiently(options, () => machine.pull(job));
    const missing = await missingPaths(job, job.outputs);
    if (missing.length === 0) return;
    if (tries < 3) {
      await pause(options.pauseMs ?? 2000);
      continue;
    }
    throw new InputError({
      code: 'outputs-lost',
      input: `job ${job.id}`,
      problem: `ended well, but its outputs are not on the machine: ${missing.join(', ')}`,
      remedy:
        'Look for them there and run this again, which fetches only; to do the work anew, give it another id',
    });
  }
}

/** Asks again while the connection is lost, with growing pauses. @throws InputError `unreachable` */
async function patiently<T>(
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

function failed(job: Job, { exitCode, number }: LedgerAttempt): JobFailed {
  const late = exitCode === TIMED_OUT;
  return new JobFailed({
    code: late ? 'job-timeout' : 'job-failed',
    input: `job ${job.id}`,
    problem: late ? 'took longer than it may' : `ended with exit code ${exitCode}`,
    remedy: `See ${join(job.folder, 'log', `attempt-${number}.log`)}; then run it again with --retry`,
  });
}

function cancelled(job: Job): InputError {
  return new InputError({
    code: 'job-cancelled',
    input: `job ${job.id}`,
    problem: 'was cancelled',
    remedy: 'Run the same command again: it resumes from the last checkpoint',
  });
}
