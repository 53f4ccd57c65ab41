import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { Release } from '@d-persona/shared/release/decode-release.ts';
import { loadRelease } from '@d-persona/shared/release/store.ts';
import { type AnnotatedCase, readCase } from '../nightly/annotated-case.ts';
import { makeVersion, type VersionCase } from '../nightly/dataset-version.ts';
import { type LedgerEntry, readHospitalLedger } from '../nightly/hospital-ledger.ts';
import type { NightContext } from '../nightly/night-context.ts';

/** A hospital as it is when a week begins: what serves it, and the cases that nights took. */
export interface HospitalCases {
  readonly context: NightContext;
  readonly release: Release;
  /** How often it was promoted: the release must still be that one when another takes its place. */
  readonly version: number;
  readonly cases: readonly VersionCase[];
  readonly entries: ReadonlyMap<string, LedgerEntry>;
}

/** @throws InputError as of loading a release; Error for a hospital that none serves */
export async function openHospital(context: NightContext): Promise<HospitalCases> {
  const { api, store, folder, settings } = context;
  const { current, version } = await api.releases();
  if (current === null) throw new Error('is served by no release');
  const { entries } = await readHospitalLedger(folder);
  return {
    context,
    release: await loadRelease(store, current, servingSpecs),
    version,
    cases: makeVersion(entries, settings.heldOutShare).cases,
    entries: new Map(entries.map((entry) => [entry.record.id, entry])),
  };
}

/** Reads cases as a release sees them. */
export async function readCases(
  { context, entries, release }: HospitalCases,
  cases: readonly VersionCase[],
): Promise<AnnotatedCase[]> {
  const { input } = release.manifest;
  return Promise.all(
    cases.map(({ id }) => readCase(context.folder, (entries.get(id) as LedgerEntry).record, input)),
  );
}
