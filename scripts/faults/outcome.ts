import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { loadManifest } from '@d-persona/shared/release/store.ts';
import { readHospitalLedger } from '@d-persona/trainer/nightly/hospital-ledger.ts';
import type { MemoryHospital } from '@d-persona/trainer/nightly/night.fixtures.ts';
import { hospitalReportSchema } from '@d-persona/trainer/nightly/night-results.ts';
import type { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';

/** What a night came to, without the moments and durations in which two nights always differ. */
export interface Outcome {
  /** SHA-256 of report, ledger, and every part of the release: two nights with the same did the same. */
  readonly fingerprint: string;
  readonly decision: string;
  readonly annotations: number;
  readonly promotions: number;
}

/** Reads what a finished night left. */
export async function outcomeOf(
  folder: string,
  store: FolderStore,
  hospital: string,
  { promotions, current }: MemoryHospital,
): Promise<Outcome> {
  const own = join(folder, 'hospitals', hospital);
  const ledger = await readHospitalLedger(own);
  const report = hospitalReportSchema.parse(
    JSON.parse(await readFile(join(own, 'nights', 'n1', 'report.json'), 'utf8')),
  );
  const { parts } = await loadManifest(store, current, servingSpecs);
  const { hospital: _, minutes: __, dollars: ___, release, heads, ...rest } = report;
  const timeless = heads.map(({ seconds: ____, ...head }) => head);
  // A release's hash holds the moment of the night; its parts are what was learnt.
  const { 'MODEL_CARD.md': card, ...weights } = parts;
  const compared = { rest, timeless, ledger, weights, card: card?.bytes, isServed: release === current };
  return {
    fingerprint: createHash('sha256').update(JSON.stringify(compared)).digest('hex'),
    decision: report.decision,
    annotations: ledger.entries.length,
    promotions: promotions.length,
  };
}
