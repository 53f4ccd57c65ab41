import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import type { HospitalApi } from './hospital-api.ts';
import type { NightlySettings } from './settings.ts';

/** What a hospital's night works with. */
export interface NightContext {
  readonly hospital: string;
  /** Names the night, such as 2026-11-25: a second run of the same night does nothing. */
  readonly night: string;
  /** The hospital's folder: its ledger, pixels, data versions, nights. */
  readonly folder: string;
  readonly api: HospitalApi;
  /** Where releases are, also those that nights make. */
  readonly store: ObjectStore;
  readonly settings: NightlySettings;
  readonly now: () => Date;
  readonly tell: (line: string) => void;
  /** Told of each step that was done now. */
  readonly afterStep: (step: string) => void;
}
