import type { z } from 'zod';
import { within } from './within.ts';

export type SqlValue = string | number | null;

/** What is used of a database binding of Cloudflare D1. */
export interface Database {
  prepare(sql: string): Statement;
  /** Runs all statements in one transaction. */
  batch(statements: Statement[]): Promise<{ meta: { changes: number } }[]>;
}

export interface Statement {
  bind(...values: SqlValue[]): Statement;
  all(): Promise<{ results: unknown[] }>;
}

/** A statement with its values. */
export type Bound = readonly [sql: string, ...values: SqlValue[]];

/** Queries whose rows are checked. All methods throw StoreUnavailable when the database fails, or is too slow. */
export class Sql {
  readonly #database: Database;
  readonly #timeoutMs: number;

  constructor(database: Database, timeoutMs: number) {
    this.#database = database;
    this.#timeoutMs = timeoutMs;
  }

  async rows<T extends z.ZodType>(schema: T, ...[sql, ...values]: Bound): Promise<z.output<T>[]> {
    const { results } = await this.#answered(() =>
      this.#database
        .prepare(sql)
        .bind(...values)
        .all(),
    );
    return results.map((row) => schema.parse(row));
  }

  /** The first row, or null. */
  async row<T extends z.ZodType>(schema: T, ...bound: Bound): Promise<z.output<T> | null> {
    return (await this.rows(schema, ...bound))[0] ?? null;
  }

  /** Writes all of it or nothing. @returns how many rows each statement changed */
  async write(...statements: readonly Bound[]): Promise<number[]> {
    const results = await this.#answered(() =>
      this.#database.batch(statements.map(([sql, ...values]) => this.#database.prepare(sql).bind(...values))),
    );
    return results.map(({ meta }) => meta.changes);
  }

  #answered<T>(ask: () => Promise<T>): Promise<T> {
    return within(this.#timeoutMs, ask);
  }
}
