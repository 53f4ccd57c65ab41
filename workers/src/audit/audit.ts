import { z } from 'zod';
import type { Bound, Sql } from '../store/database.ts';
import { StoreUnavailable } from '../store/store-unavailable.ts';

/** One request of a hospital. No image, nothing of a patient: a case is named by a hash. */
export interface AuditEntry {
  readonly hospital: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** The request's id. */
  readonly request: string;
  /** See `Caller.who`. */
  readonly who: string;
  /** Method and pattern of the path. */
  readonly action: string;
  readonly persona: string | null;
  /** The case, key or annotation that it was about. */
  readonly subject: string | null;
  readonly release: string | null;
  readonly status: number;
}

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

const auditRowSchema = z.object({
  row: z.int(),
  hospital: z.string(),
  at: z.string(),
  request: z.string(),
  who: z.string(),
  action: z.string(),
  persona: z.string().nullable(),
  subject: z.string().nullable(),
  release: z.string().nullable(),
  status: z.int(),
});

/** Entries that wait for a database that does not answer; more are lost, and the log says so. */
const MAX_WAITING = 10_000;
/** Rows of one write. */
const MAX_BATCH = 50;

const INSERT = `INSERT INTO audit (hospital, at, request, who, action, persona, subject, release, status)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

/** The audit of all hospitals: only ever added to. What cannot be written now is written with the next entry. */
export class Audit {
  readonly #sql: Sql;
  readonly #waiting: AuditEntry[] = [];

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  /**
   * Resolves when the entry is written, or is known to have to wait. Each request writes by itself, with what waits:
   * one request's promise must not depend on another's, which the runtime may end before.
   */
  async add(entry: AuditEntry): Promise<void> {
    this.#waiting.push(entry);
    const entries = this.#waiting.splice(0, MAX_BATCH);
    try {
      await this.#sql.write(...entries.map(row));
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) throw error;
      this.#waiting.unshift(...entries);
      const lost = this.#waiting.splice(MAX_WAITING).length;
      if (lost > 0) console.error(JSON.stringify({ level: 'error', error: 'AuditOverflow', lost }));
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

function row(entry: AuditEntry): Bound {
  const { hospital, at, request, who, action, persona, subject, release, status } = entry;
  return [INSERT, hospital, at, request, who, action, persona, subject, release, status];
}
