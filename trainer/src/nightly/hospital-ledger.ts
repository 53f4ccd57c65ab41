import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { annotationRecordSchema } from '@d-persona/shared/contract/annotations.ts';
import { parseJsonOrThrow } from '@d-persona/shared/parse-or-throw.ts';
import { z } from 'zod';
import { writeFileAtomically } from '../run/atomic-file.ts';

/** What became of an annotation. `held`: the head that was trained with it was worse. */
const statusSchema = z.enum(['accepted', 'set-aside', 'held', 'withdrawn']);

const entrySchema = z.strictObject({
  record: annotationRecordSchema,
  status: statusSchema,
  reason: z.string(),
  /** The night that took it. */
  night: z.string(),
  /** Dice with what the reader's own persona drew then; null where there was none. */
  agreement: z.number().nullable().default(null),
});

export type LedgerEntry = z.output<typeof entrySchema>;

/** `ledger.json` of a hospital: what all finished nights have taken. Written once a night, at its end. */
const ledgerSchema = z.strictObject({
  format: z.literal('d-persona-nightly/1'),
  /** Highest `changed` that is in here: the next night asks for what came later. */
  cursor: z.int().min(0),
  entries: z.array(entrySchema),
  /** Annotations that the served head of a persona was trained on. */
  trainedOn: z.record(z.string(), z.array(z.string())),
  /** Nights that are done. */
  nights: z.array(z.string()),
  /** A release on trial that a night started. */
  trial: z
    .strictObject({ release: z.string(), trainedOn: z.record(z.string(), z.array(z.string())) })
    .nullable(),
});

export type HospitalLedger = z.output<typeof ledgerSchema>;

const path = (folder: string) => join(folder, 'ledger.json');

/** The ledger of a hospital's folder; an empty one where there is none. @throws InputError for a damaged one */
export async function readHospitalLedger(folder: string): Promise<HospitalLedger> {
  const text = await readFile(path(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) {
    return { format: 'd-persona-nightly/1', cursor: 0, entries: [], trainedOn: {}, nights: [], trial: null };
  }
  return parseJsonOrThrow(
    ledgerSchema,
    text,
    path(folder),
    'Restore it from a backup, or remove it to start anew',
  );
}

export async function writeHospitalLedger(folder: string, ledger: HospitalLedger): Promise<void> {
  const checked = ledgerSchema.parse(ledger);
  await writeFileAtomically(path(folder), Buffer.from(`${JSON.stringify(checked, null, 1)}\n`));
}
