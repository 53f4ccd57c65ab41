import type { AnnotationRecord } from '@d-persona/shared/contract/annotations.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import { type AnnotatedCase, readCase } from './annotated-case.ts';
import { type ComparedCase, findSuspicious } from './check-annotations.ts';
import type { LedgerEntry } from './hospital-ledger.ts';
import { maskDice } from './mask-dice.ts';
import type { NightContext } from './night-context.ts';
import type { Checked } from './night-results.ts';
import { ReleaseModel } from './release-model.ts';

/** Reads cases; those that cannot be read are told with the reason. */
async function readCases(
  { folder }: NightContext,
  records: readonly AnnotationRecord[],
  release: Release,
): Promise<{ cases: AnnotatedCase[]; broken: [string, string][] }> {
  const cases: AnnotatedCase[] = [];
  const broken: [string, string][] = [];
  for (const record of records) {
    try {
      cases.push(await readCase(folder, record, release.manifest.input));
    } catch (error) {
      broken.push([record.id, `cannot be read: ${(error as Error).message}`]);
    }
  }
  return { cases, broken };
}

/**
 * Looks at the night's outlines, reader by reader, beside what all personas draw and what the reader drew earlier.
 *
 * @returns why an annotation is set aside, and how it agrees with the reader's own persona
 */
export async function checkNight(
  context: NightContext,
  entries: readonly LedgerEntry[],
  records: readonly AnnotationRecord[],
  release: Release,
): Promise<Checked> {
  const fresh = records.filter(({ withdrawn }) => !withdrawn);
  const setAside = new Map<string, string>();
  const agreement = new Map<string, number>();
  const model = new ReleaseModel(release.manifest, release.weights);
  const compare = (cases: readonly AnnotatedCase[]): ComparedCase[] => {
    const personas = model.segmentAll(cases);
    return cases.map((annotated, i) => ({ annotated, personas: personas[i] as Uint8Array[] }));
  };
  for (const persona of new Set(fresh.map((record) => record.persona))) {
    const { cases, broken } = await readCases(
      context,
      fresh.filter((record) => record.persona === persona),
      release,
    );
    const earlier = entries.filter(
      ({ record, status }) => record.persona === persona && status === 'accepted',
    );
    const known = await readCases(
      context,
      earlier.map(({ record }) => record),
      release,
    );
    const compared = compare(cases);
    const own = model.indexOf(persona);
    for (const { annotated, personas } of own < 0 ? [] : compared) {
      agreement.set(annotated.id, maskDice(annotated.mask, personas[own] as Uint8Array));
    }
    const suspicions = findSuspicious(compared, compare(known.cases), context.settings.check);
    for (const [id, reason] of [...broken, ...suspicions]) setAside.set(id, reason);
  }
  model.dispose();
  return { setAside: Object.fromEntries(setAside), agreement: Object.fromEntries(agreement) };
}
