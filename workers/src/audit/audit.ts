import { z } from 'zod';
import type { Sql } from '../store/database.ts';
import type { ErasableStore } from '../store/r2-store.ts';
import { StoreUnavailable } from '../store/store-unavailable.ts';
import { type AuditEntry, addOnce, auditEntrySchema, insert } from './audit-rows.ts';
import { keepEntry } from './kept-entries.ts';

export interface AuditQuery {
  readonly hospital: string;
  /** ISO 8601, UTC. */
  readonly since: string;
  /** ISO 8601, UTC; exclusive. */
  readonly until: string;
  /** See `AuditPage.next`. */
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface AuditPage {
  readonly entries: AuditEntry[];
  /** Behind the last entry, or null where there is no further one. */
  readonly next: string | null;
}

const auditRowSchema = auditEntrySchema.extend({ row: z.int() });

/** Entries that wait for a database that does not answer; more are lost, and the log says so. */
const MAX_WAITING = 10_000;
/** Rows of one write. */
const MAX_BATCH = 50;

/** An entry, and whether it may be in the database already. */
interface Waiting {
  readonly entry: AuditEntry;
  again: boolean;
}

/**
 * The audit of all hospitals: only ever added to. What cannot be written now is kept in the store, and written with the
 * next entry; where the Worker ends before, the reconciler writes it.
 */
export class Audit {
  readonly #sql: Sql;
  readonly #store: ErasableStore;
  readonly #waiting: Waiting[] = [];

  constructor(sql: Sql, store: ErasableStore) {
    this.#sql = sql;
    this.#store = store;
  }

  /**
   * Resolves when the entry is written, or is known to have to wait. Each request writes by itself, with what waits:
   * one request's promise must not depend on another's, which the runtime may end before.
   */
  async add(entry: AuditEntry): Promise<void> {
    this.#waiting.push({ entry, again: false });
    const batch = this.#waiting.splice(0, MAX_BATCH);
    try {
      await this.#sql.write(
        ...batch.map((waiting) => (waiting.again ? addOnce(waiting.entry) : insert(waiting.entry))),
      );
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      // What was too slow may have been written after all.
      for (const waiting of batch) waiting.again = true;
      this.#waiting.unshift(...batch);
      const lost = this.#waiting.splice(MAX_WAITING).length;
      const kept = await keepEntry(this.#store, entry).then(
        () => true,
        () => false,
      );
      if (lost > 0 && !kept) console.error(JSON.stringify({ level: 'error', error: 'AuditOverflow', lost }));
    }
  }

  /** Entries of a hospital in order of time, and where the next ones begin. */
  async entries({ hospital, since, until, cursor, limit }: AuditQuery): Promise<AuditPage> {
    const [at = since, row = '-1'] = cursor?.split('_') ?? [];
    const found = await this.#sql.rows(
      auditRowSchema,
      `SELECT rowid AS row, hospital, at, request, who, action, persona, subject, release, status FROM audit
        WHERE hospital = ? AND at >= ? AND (at, rowid) > (?, ?) AND at < ? ORDER BY at, rowid LIMIT ?`,
      ...([hospital, since, at, Number(row), until, limit + 1] as const),
    );
    const entries = found.slice(0, limit);
    const last = entries.at(-1);
    const next = found.length > limit && last !== undefined ? `${last.at}_${last.row}` : null;
    return { entries: entries.map(({ row: _, ...entry }) => entry), next };
  }
}
