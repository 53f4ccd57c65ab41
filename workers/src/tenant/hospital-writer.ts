import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { ReleaseError } from '@d-persona/shared/release/release-error.ts';
import { loadManifest, partKey } from '@d-persona/shared/release/store.ts';
import { z } from 'zod';
import type { Sql } from '../store/database.ts';
import { StoreUnavailable } from '../store/store-unavailable.ts';
import { InTurn } from './in-turn.ts';
import type { Trial } from './tenant.ts';

/** Who changes what, and on which version of it they base that. */
interface Change {
  readonly hospital: string;
  /** The version that the caller saw, or null to change whatever is there. */
  readonly ifVersion: number | null;
  /** See `Caller.who`. */
  readonly by: string;
}

export interface Promotion extends Change {
  readonly release: string;
}

export interface TrialChange extends Change {
  /** null ends the trial. */
  readonly trial: Trial | null;
}

/** What became of a change. Plain data: it crosses from the Durable Object to the Worker. */
export type Outcome =
  | { readonly kind: 'done'; readonly version: number }
  /** Somebody else was faster: this is the version now. */
  | { readonly kind: 'stale'; readonly version: number }
  /** The hospital has no such release. */
  | { readonly kind: 'unknown-release' }
  /** The release is listed, but its files are missing or altered. */
  | { readonly kind: 'broken-release' }
  /** The stores do not answer. */
  | { readonly kind: 'unavailable' };

/** Changes by which release a hospital is served. */
export interface HospitalWrites {
  promote(promotion: Promotion): Promise<Outcome>;
  setTrial(change: TrialChange): Promise<Outcome>;
}

const stateSchema = z.object({ release: z.string().nullable(), version: z.int(), listed: z.int() });

/**
 * All writes of one hospital, in turn. The version is checked once more by the statement that writes, so that even
 * two writers could not both succeed.
 */
export class HospitalWriter implements HospitalWrites {
  readonly #sql: Sql;
  readonly #store: ObjectStore;
  readonly #now: () => number;
  readonly #turn = new InTurn();

  /** @param now milliseconds since 1970 */
  constructor(sql: Sql, store: ObjectStore, now: () => number) {
    this.#sql = sql;
    this.#store = store;
    this.#now = now;
  }

  /** Makes a release of the hospital the one that it is served by; an earlier one is a roll back. Ends a trial. */
  promote({ hospital, release, ifVersion, by }: Promotion): Promise<Outcome> {
    return this.#change(hospital, release, ifVersion, (state) => {
      if (state.release === release) return [];
      const next = state.version + 1;
      const at = new Date(this.#now()).toISOString();
      return [
        [
          `UPDATE hospitals SET release = ?, version = ?, trial_kind = NULL, trial_release = NULL, trial_share = NULL
            WHERE id = ? AND version = ?`,
          ...[release, next, hospital, state.version],
        ],
        // Fails, and the statement above with it, if another promotion took this version.
        [
          'INSERT INTO promotions (hospital, version, release, at, by) VALUES (?, ?, ?, ?, ?)',
          ...[hospital, next, release, at, by],
        ],
      ];
    });
  }

  /** Starts or ends a trial of another release beside the current one. */
  setTrial({ hospital, trial, ifVersion }: TrialChange): Promise<Outcome> {
    return this.#change(hospital, trial?.release ?? null, ifVersion, (state) => [
      [
        'UPDATE hospitals SET trial_kind = ?, trial_release = ?, trial_share = ? WHERE id = ? AND version = ?',
        ...[trial?.kind ?? null, trial?.release ?? null, trial?.share ?? null, hospital, state.version],
      ],
    ]);
  }

  #change(
    hospital: string,
    release: string | null,
    ifVersion: number | null,
    statements: (state: z.output<typeof stateSchema>) => (readonly [string, ...(string | number | null)[]])[],
  ): Promise<Outcome> {
    return this.#turn.run(async () => {
      try {
        const state = await this.#state(hospital, release);
        if (state === null) return { kind: 'unknown-release' };
        if (ifVersion !== null && ifVersion !== state.version)
          return { kind: 'stale', version: state.version };
        if (release !== null) {
          if (state.listed === 0) return { kind: 'unknown-release' };
          if (!(await this.#isWhole(release))) return { kind: 'broken-release' };
        }
        const writes = statements(state);
        if (writes.length > 0) await this.#sql.write(...writes);
        return { kind: 'done', version: (await this.#state(hospital, release))?.version ?? state.version };
      } catch (error) {
        if (error instanceof StoreUnavailable) return { kind: 'unavailable' };
        throw error;
      }
    });
  }

  #state(hospital: string, release: string | null) {
    return this.#sql.row(
      stateSchema,
      `SELECT h.release, h.version,
        (SELECT count(*) FROM releases AS r WHERE r.hospital = h.id AND r.release = ?) AS listed
        FROM hospitals AS h WHERE h.id = ? AND h.removed IS NULL`,
      release,
      hospital,
    );
  }

  /** Whether the manifest is sound and every part of it is there: half a release is never promoted. */
  async #isWhole(release: string): Promise<boolean> {
    try {
      const { parts } = await loadManifest(this.#store, release, servingSpecs);
      for (const [part, { sha256 }] of Object.entries(parts)) {
        if ((await this.#store.list(partKey(sha256, part))).length === 0) return false;
      }
      return true;
    } catch (error) {
      if (error instanceof ReleaseError) return false;
      throw error;
    }
  }
}
