import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { LedgerEntry } from './hospital-ledger.ts';

/** A case of a data version. `held-out` ones are only measured on. */
const versionCaseSchema = z.strictObject({
  id: z.string(),
  persona: z.string(),
  group: z.string(),
  part: z.enum(['train', 'held-out']),
  image: z.string(),
  mask: z.string(),
});

export type VersionCase = z.infer<typeof versionCaseSchema>;

/** A version of a hospital's data: named by the hash of what is in it. */
export const datasetVersionSchema = z.strictObject({ hash: z.string(), cases: z.array(versionCaseSchema) });

export type DatasetVersion = z.infer<typeof datasetVersionSchema>;

/**
 * Which part a patient's cases belong to: by its hash alone, so that it never changes, and no patient is in both.
 *
 * @param share of patients that are held out
 */
export function partOfGroup(group: string, share: number): VersionCase['part'] {
  const digest = createHash('sha256').update(`held out?${group}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32 < share ? 'held-out' : 'train';
}

/** The version that accepted, not withdrawn annotations make: the same ones give the same hash, in whatever order. */
export function makeVersion(entries: readonly LedgerEntry[], heldOutShare: number): DatasetVersion {
  const cases = entries
    .filter(({ status }) => status === 'accepted')
    .map(({ record: { id, persona, group, image, mask } }): VersionCase => {
      return { id, persona, group, part: partOfGroup(group, heldOutShare), image, mask };
    })
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { hash: createHash('sha256').update(JSON.stringify(cases)).digest('hex'), cases };
}
