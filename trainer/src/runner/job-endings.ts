import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import type { Job } from './job.ts';
import type { LedgerAttempt } from './ledger.ts';

/** The job ended with an exit code other than 0, or too late. */
export class JobFailed extends InputError {
  override readonly name = 'JobFailed';
}

/** Of `timeout`, and of the Modal app. */
const TIMED_OUT = 124;

export function failed(job: Job, { exitCode, number }: LedgerAttempt): JobFailed {
  const late = exitCode === TIMED_OUT;
  return new JobFailed({
    code: late ? 'job-timeout' : 'job-failed',
    input: `job ${job.id}`,
    problem: late ? 'took longer than it may' : `ended with exit code ${exitCode}`,
    remedy: `See ${join(job.folder, 'log', `attempt-${number}.log`)}; then run it again with --retry`,
  });
}

export function cancelled(job: Job): InputError {
  return new InputError({
    code: 'job-cancelled',
    input: `job ${job.id}`,
    problem: 'was cancelled',
    remedy: 'Run the same command again: it resumes from the last checkpoint',
  });
}
