import { join } from 'node:path';
import { beginAttempt } from './begin-attempt.ts';
import { estimateCost } from './cost.ts';
import { withLock } from './exclusive-lock.ts';
import { fetchOutputs } from './fetch-outputs.ts';
import type { Job } from './job.ts';
import { cancelled, failed } from './job-endings.ts';
import { type Ledger, type LedgerAttempt, openLedger, spentSeconds, writeLedger } from './ledger.ts';
import { ConnectionLost, type Machine } from './machine.ts';
import type { RunOptions } from './run-options.ts';
import { watchAttempt } from './watch-attempt.ts';

/** What a job left. */
export interface Artifacts {
  /** The job's outputs, as absolute paths on this machine. */
  readonly paths: readonly string[];
  readonly attempts: number;
  readonly seconds: number;
  /** US $, from the time that attempts took. */
  readonly cost: number;
}

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
    if (again || (last.outcome === 'failed' && options.retry))
      await beginAttempt(job, machine, ledger, options);
    const attempt = ledger.attempts.at(-1) as LedgerAttempt;
    if (attempt.outcome === 'running') await watchAttempt(job, machine, ledger, attempt, options);
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
