import { verifyKey } from '@d-persona/shared/release/api-key.ts';
import { type Hospital, type KeyRecord, loadHospital } from '@d-persona/shared/release/hospital.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { currentRelease } from '@d-persona/shared/release/store.ts';
import { unavailable } from '../problem/problem-error.ts';
import { Remembered } from './remembered.ts';

const RETRY_SECONDS = 5;

/** The hospitals as the store knows them: their keys, and by which release each is served. */
export class Tenants {
  readonly #store: ObjectStore;
  readonly #hospitals: Remembered<Hospital>;
  readonly #releases: Remembered<string>;

  constructor(store: ObjectStore, lifetimeMs: number, now: () => number) {
    this.#store = store;
    this.#hospitals = new Remembered(lifetimeMs, now);
    this.#releases = new Remembered(lifetimeMs, now);
  }

  /** The hospital's key that was shown, or null if the hospital has no such key, or does not exist. */
  async keyOf(hospital: string, key: string): Promise<KeyRecord | null> {
    const known = await this.#hospitals.get(hospital, async () => {
      return (await loadHospital(this.#store, hospital)) ?? undefined;
    });
    return verifyKey(known?.keys ?? [], key);
  }

  /** The hash of the release that the hospital is served by. @throws ProblemError 503 while there is none */
  async currentRelease(hospital: string): Promise<string> {
    const hash = await this.#releases.get(hospital, async () => {
      return (await currentRelease(this.#store, hospital)) ?? undefined;
    });
    if (hash !== undefined) return hash;
    throw unavailable('no-release', 'The hospital has no current release yet. Promote one.', RETRY_SECONDS);
  }

  /** The current release of any hospital. @throws ProblemError 503 while no hospital has one */
  async anyRelease(): Promise<string> {
    const keys = await this.#store.list('hospitals/');
    const hospital = keys.flatMap((key) => /^hospitals\/([^/]+)\/current\.json$/.exec(key)?.[1] ?? [])[0];
    if (hospital !== undefined) return this.currentRelease(hospital);
    throw unavailable(
      'no-release',
      'No hospital has a current release. Publish and promote one.',
      RETRY_SECONDS,
    );
  }
}
