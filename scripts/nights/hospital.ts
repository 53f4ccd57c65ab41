import { createKey } from '@d-persona/shared/release/api-key.ts';
import { saveHospital } from '@d-persona/shared/release/hospital.ts';
import { promoteRelease } from '@d-persona/shared/release/store.ts';
import type { HospitalReport } from '@d-persona/trainer/nightly/night-results.ts';
import { runNightly } from '@d-persona/trainer/nightly/run-nightly.ts';
import { nightlySettingsSchema } from '@d-persona/trainer/nightly/settings.ts';
import type { FolderStore } from '@d-persona/trainer/publish/folder-store.ts';
import { startWorker } from '@d-persona/trainer/serve/serve-worker.ts';
import type { Core } from './core.ts';
import type { Reader } from './readers.ts';
import { handIn } from './simulated-hospital.ts';

export const HOSPITAL = 'simulated';

/** A hospital with a server in workerd, and its nights. */
export interface SimulatedHospital {
  /** A reader's outlines of some images, through the API. @returns how many were taken */
  handIn(reader: Reader, samples: Core['samples'], night: string): Promise<number>;
  night(name: string): Promise<HospitalReport>;
  stop(): Promise<void>;
}

export interface NightOptions {
  readonly headSteps: number;
  /** Held-out patients without which nothing is published. */
  readonly minimumPatients: number;
  readonly tell: (line: string) => void;
}

/** @param folder of the nights @param storeFolder of the store */
export async function openHospital(
  core: Core,
  store: FolderStore,
  storeFolder: string,
  folder: string,
  { headSteps, minimumPatients, tell }: NightOptions,
): Promise<SimulatedHospital> {
  const created = new Date().toISOString();
  const { key, record } = await createKey(HOSPITAL, ['segment', 'annotate', 'release'], created);
  await saveHospital(store, { id: HOSPITAL, title: 'Simulated hospital', keys: [record] });
  await promoteRelease(store, HOSPITAL, core.release.hash);
  const worker = await startWorker({ store: storeFolder, log: () => {} });
  const settings = nightlySettingsSchema.parse({
    ...{ folder, store: storeFolder },
    ...{ training: { steps: headSteps }, minimumPatients },
    hospitals: [{ id: HOSPITAL, url: worker.url, keyVariable: 'NIGHTS_KEY' }],
  });
  const endpoint = { url: worker.url, hospital: HOSPITAL, key };
  return {
    handIn: (reader, samples, night) => handIn(core, endpoint, reader, samples, night),
    async night(name) {
      const run = { settings, night: name, env: { NIGHTS_KEY: key }, now: () => new Date(), tell };
      const { hospitals, failures } = await runNightly(run);
      const report = hospitals[0];
      if (report === undefined) throw new Error(failures[0]?.problem);
      return report;
    },
    stop: () => worker.stop(),
  };
}
