import { hospitalOfKey, verifyKey } from '@d-persona/shared/release/api-key.ts';
import { type Hospital, loadHospital, type Scope } from '@d-persona/shared/release/hospital.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { currentRelease } from '@d-persona/shared/release/store.ts';
import { unavailable } from '../problem/problem-error.ts';
import { Remembered } from './remembered.ts';

const RETRY_SECONDS = 5;

/** Who shows a key. */
export interface KeyHolder {
  readonly hospital: string;
  readonly scopes: readonly Scope[];
}

/** The hospitals as the store knows them: their keys, and by which release each is served. */
export class Tenants {
  readonly #store: ObjectStore;
  readonly #hospitals: Remembered<Hospital>;
  readonly #releases: Remembered<string>;
  /** A hospital that has a current release. */
  readonly #served: Remembered<string>;

  constructor(store: ObjectStore, lifetimeMs: number, now: () => number) {
    this.#store = store;
    this.#hospitals = new Remembered(lifetimeMs, now);
    this.#releases = new Remembered(lifetimeMs, now);
    this.#served = new Remembered(lifetimeMs, now);
  }

  /** Whose key this is and what it may do, or null for a key that no hospital has. */
  async keyHolder(key: string): Promise<KeyHolder | null> {
    const id = hospitalOfKey(key);
    if (id === null) return null;
    const hospital = await this.#hospitals.get(
      id,
      async () => (await loadHospital(this.#store, id)) ?? undefined,
    );
    const record = await verifyKey(hospital?.keys ?? [], key);
    return record && { hospital: id, scopes: record.scopes };
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
    const hospital = await this.#served.get('any', async () => {
      const keys = await this.#store.list('hospitals/');
      return keys.flatMap((key) => /^hospitals\/([^/]+)\/current\.json$/.exec(key)?.[1] ?? [])[0];
    });
    if (hospital !== undefined) return this.currentRelease(hospital);
    throw unavailable(
      'no-release',
      'No hospital has a current release. Publish and promote one.',
      RETRY_SECONDS,
    );
  }
}
