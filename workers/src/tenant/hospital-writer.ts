import { z } from 'zod';
import {
  type AnnotationOutcome,
  type AnnotationStores,
  type AnnotationsEnd,
  type AnnotationWrite,
  endAnnotations,
  type Withdrawal,
  withdrawAnnotation,
  writeAnnotation,
} from '../annotation/annotation-writes.ts';
import { StoreUnavailable } from '../store/store-unavailable.ts';
import { InTurn } from './in-turn.ts';
import { addRelease, type NewRelease, type ReleaseOutcome, wholeRelease } from './release-writes.ts';
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
  /** Names the request: the same one again finds its promotion done. */
  readonly once: string | null;
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

/** What is written of one hospital: by which release it is served, its releases, its annotations. */
export interface HospitalWrites {
  promote(promotion: Promotion): Promise<Outcome>;
  setTrial(change: TrialChange): Promise<Outcome>;
  addRelease(release: NewRelease): Promise<ReleaseOutcome>;
  annotate(annotation: AnnotationWrite): Promise<AnnotationOutcome>;
  withdraw(withdrawal: Withdrawal): ReturnType<typeof withdrawAnnotation>;
  endAnnotations(end: AnnotationsEnd): ReturnType<typeof endAnnotations>;
}

const stateSchema = z.object({
  release: z.string().nullable(),
  version: z.int(),
  listed: z.int(),
  done: z.int().nullable(),
});

/**
 * All writes of one hospital, in turn. The version is checked once more by the statement that writes, so that even
 * two writers could not both succeed.
 */
export class HospitalWriter implements HospitalWrites {
  readonly #stores: AnnotationStores;
  readonly #turn = new InTurn();

  constructor(stores: AnnotationStores) {
    this.#stores = stores;
  }

  annotate(annotation: AnnotationWrite): Promise<AnnotationOutcome> {
    return this.#inTurn(() => writeAnnotation(this.#stores, annotation));
  }

  withdraw(withdrawal: Withdrawal): ReturnType<typeof withdrawAnnotation> {
    return this.#inTurn(() => withdrawAnnotation(this.#stores, withdrawal));
  }

  endAnnotations(end: AnnotationsEnd): ReturnType<typeof endAnnotations> {
    return this.#inTurn(() => endAnnotations(this.#stores, end));
  }

  addRelease(release: NewRelease): Promise<ReleaseOutcome> {
    return this.#inTurn(() => addRelease(this.#stores, release));
  }

  /** Makes a release of the hospital the one that it is served by; an earlier one is a roll back. Ends a trial. */
  promote({ hospital, release, ifVersion, by, once }: Promotion): Promise<Outcome> {
    return this.#change({ hospital, release, ifVersion, once }, (state) => {
      if (state.release === release) return [];
      const next = state.version + 1;
      const at = new Date(this.#stores.now()).toISOString();
      return [
        [
          `UPDATE hospitals SET release = ?, version = ?, trial_kind = NULL, trial_release = NULL, trial_share = NULL
            WHERE id = ? AND version = ?`,
          ...[release, next, hospital, state.version],
        ],
        // Fails, and the statement above with it, if another promotion took this version.
        [
          'INSERT INTO promotions (hospital, version, release, at, by, once) VALUES (?, ?, ?, ?, ?, ?)',
          ...[hospital, next, release, at, by, once],
        ],
      ];
    });
  }

  /** Starts or ends a trial of another release beside the current one. */
  setTrial({ hospital, trial, ifVersion }: TrialChange): Promise<Outcome> {
    const change = { hospital, release: trial?.release ?? null, ifVersion, once: null };
    return this.#change(change, (state) => [
      [
        `UPDATE hospitals SET trial_kind = ?, trial_release = ?, trial_share = ?, trial_started = ?
          WHERE id = ? AND version = ?`,
        ...[trial?.kind ?? null, trial?.release ?? null, trial?.share ?? null],
        ...[trial && new Date(this.#stores.now()).toISOString(), hospital, state.version],
      ],
    ]);
  }

  #change(
    { hospital, release, ifVersion, once }: StateChange,
    statements: (state: z.output<typeof stateSchema>) => (readonly [string, ...(string | number | null)[]])[],
  ): Promise<Outcome> {
    return this.#inTurn(async () => {
      const { sql, store } = this.#stores;
      const state = await this.#state(hospital, release, once);
      if (state === null) return { kind: 'unknown-release' };
      if (state.done !== null) return { kind: 'done', version: state.done };
      if (ifVersion !== null && ifVersion !== state.version) return { kind: 'stale', version: state.version };
      if (release !== null) {
        if (state.listed === 0) return { kind: 'unknown-release' };
        if ((await wholeRelease(store, release)) === null) return { kind: 'broken-release' };
      }
      const writes = statements(state);
      if (writes.length > 0) await sql.write(...writes);
      const after = await this.#state(hospital, release, once);
      return { kind: 'done', version: after?.version ?? state.version };
    });
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T | { readonly kind: 'unavailable' }> {
    return this.#turn.run(async () => {
      try {
        return await work();
      } catch (error) {
        if (error instanceof StoreUnavailable) return { kind: 'unavailable' };
        throw error;
      }
    });
  }

  #state(hospital: string, release: string | null, once: string | null) {
    return this.#stores.sql.row(
      stateSchema,
      `SELECT h.release, h.version,
        (SELECT count(*) FROM releases AS r WHERE r.hospital = h.id AND r.release = ?) AS listed,
        (SELECT version FROM promotions AS p WHERE p.hospital = h.id AND p.once = ? AND p.release = ?) AS done
        FROM hospitals AS h WHERE h.id = ? AND h.removed IS NULL`,
      ...([release, once, release, hospital] as const),
    );
  }
}

interface StateChange {
  readonly hospital: string;
  readonly release: string | null;
  readonly ifVersion: number | null;
  readonly once: string | null;
}
