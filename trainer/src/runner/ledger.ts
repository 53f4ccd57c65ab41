import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { parseJsonOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { z } from 'zod';
import { writeFileAtomically } from '../run/atomic-file.ts';
import type { Job } from './job.ts';

const FILE = 'ledger.json';

const attemptSchema = z.strictObject({
  number: z.int().min(1),
  /** Null from the moment before the machine is asked to start it until it has answered. */
  handle: z.string().nullable(),
  /** After which the machine stops it. */
  seconds: z.int().min(1),
  began: z.iso.datetime(),
  ended: z.iso.datetime().nullable(),
  outcome: z.enum(['running', 'done', 'failed', 'preempted', 'cancelled']),
  exitCode: z.int().nullable(),
});

export type LedgerAttempt = z.infer<typeof attemptSchema>;

/** `ledger.json`: what was started where, written before and after everything that costs money. */
export const ledgerSchema = z.strictObject({
  format: z.literal('d-persona-ledger/1'),
  job: z.string(),
  hash: z.string(),
  machine: z.enum(['local', 'ssh', 'docker', 'modal']),
  attempts: z.array(attemptSchema),
  /** The outputs are here, and whole. */
  fetched: z.boolean(),
});

export type Ledger = z.infer<typeof ledgerSchema>;

/**
 * The ledger of a job on a machine, or a new one.
 *
 * @throws InputError when it is of another manifest or machine: what was paid for there would be paid for again
 */
export async function openLedger(job: Job, machine: Ledger['machine']): Promise<Ledger> {
  const path = join(job.folder, FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) {
    return {
      format: 'd-persona-ledger/1',
      job: job.id,
      hash: job.hash,
      machine,
      attempts: [],
      fetched: false,
    };
  }
  const ledger = parseJsonOrThrow(ledgerSchema, text, path, 'Find out what is running before you remove it');
  const other = ledger.hash !== job.hash ? 'manifest' : ledger.machine !== machine ? 'machine' : undefined;
  if (other !== undefined && ledger.attempts.length > 0) {
    throw new InputError({
      code: 'other-job',
      input: path,
      problem: `is of a job that was started with another ${other} (${ledger.machine})`,
      remedy: 'Give the job another id and folder',
    });
  }
  return { ...ledger, hash: job.hash, machine };
}

export async function writeLedger(job: Job, ledger: Ledger): Promise<void> {
  await writeFileAtomically(join(job.folder, FILE), Buffer.from(`${JSON.stringify(ledger, null, 2)}\n`));
}

/** Seconds that all attempts took; a running one until now. */
export function spentSeconds({ attempts }: Ledger, now: Date): number {
  return attempts.reduce(
    (sum, { began, ended }) =>
      sum + ((ended === null ? now.getTime() : Date.parse(ended)) - Date.parse(began)) / 1000,
    0,
  );
}
