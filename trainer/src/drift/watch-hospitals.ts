import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { loadManifest } from '@d-persona/shared/release/store.ts';
import { contextOf } from '../nightly/context-of.ts';
import { readHospitalLedger } from '../nightly/hospital-ledger.ts';
import { chosenHospitals, type NightlyRun } from '../nightly/run-nightly.ts';
import type { DriftReport } from './drift-report.ts';
import { watchDrift } from './watch-drift.ts';

/** What is found at each hospital; a failure does not stop the others. */
export interface WatchResult {
  readonly hospitals: readonly (DriftReport & { readonly hospital: string })[];
  readonly failures: readonly { readonly hospital: string; readonly problem: string }[];
}

/** Looks for drift at all hospitals of the settings, or one of them. Changes nothing. */
export async function watchHospitals(run: Omit<NightlyRun, 'night' | 'tell'>): Promise<WatchResult> {
  const hospitals: (DriftReport & { hospital: string })[] = [];
  const failures: { hospital: string; problem: string }[] = [];
  for (const chosen of chosenHospitals(run)) {
    const { id: hospital } = chosen;
    try {
      const { api, store, folder } = contextOf({ ...run, night: '', tell() {} }, chosen);
      const { current } = await api.releases();
      if (current === null) throw new Error('is served by no release');
      const manifest = await loadManifest(store, current, servingSpecs);
      const { entries, nights } = await readHospitalLedger(folder);
      const watched = { api, release: current, manifest, entries, nights };
      hospitals.push({ hospital, ...(await watchDrift(watched, run.settings.drift, run.now())) });
    } catch (error) {
      failures.push({ hospital, problem: error instanceof Error ? error.message : String(error) });
    }
  }
  return { hospitals, failures };
}
