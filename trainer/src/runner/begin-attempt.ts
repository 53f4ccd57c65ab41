import { InputError } from '@d-persona/shared/errors.ts';
import { estimateCost } from './cost.ts';
import type { Job } from './job.ts';
import { type Ledger, spentSeconds, writeLedger } from './ledger.ts';
import type { Machine } from './machine.ts';
import type { RunOptions } from './run-options.ts';

/** Writes a new attempt into the ledger, before the machine is asked for it. */
export async function beginAttempt(
  job: Job,
  machine: Machine,
  ledger: Ledger,
  options: RunOptions,
): Promise<void> {
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
    began: new Date().toISOString(),
    ended: null,
    outcome: 'running',
    exitCode: null,
  });
  await writeLedger(job, ledger);
}
