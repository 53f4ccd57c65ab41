import { readdirSync, readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { Database, SqlValue, Statement } from './database.ts';

const MIGRATIONS = new URL('../../migrations/', import.meta.url);

/** SQLite in this process behind D1's interface, with all migrations: the same SQL as deployed, without a runtime. */
export class SqliteDatabase implements Database {
  readonly #sqlite = new DatabaseSync(':memory:');
  /** Set to make every statement fail, as a database that is down. */
  down = false;

  constructor() {
    for (const file of readdirSync(MIGRATIONS).sort()) {
      this.#sqlite.exec(readFileSync(new URL(file, MIGRATIONS), 'utf8'));
    }
  }

  prepare(sql: string): SqliteStatement {
    return new SqliteStatement(sql, [], (text, values) => this.#run(text, values));
  }

  async batch(statements: Statement[]): Promise<{ meta: { changes: number } }[]> {
    if (this.down) throw new Error('D1_ERROR: down');
    this.#sqlite.exec('BEGIN');
    try {
      const results = statements.map((statement) => (statement as SqliteStatement).run());
      this.#sqlite.exec('COMMIT');
      return results;
    } catch (error) {
      this.#sqlite.exec('ROLLBACK');
      throw error;
    }
  }

  #run(sql: string, values: SqlValue[]): { results: unknown[]; meta: { changes: number } } {
    if (this.down) throw new Error('D1_ERROR: down');
    const statement = this.#sqlite.prepare(sql);
    if (/^\s*(?:SELECT|WITH)/i.test(sql)) {
      return { results: statement.all(...values).map((row) => ({ ...row })), meta: { changes: 0 } };
    }
    return { results: [], meta: { changes: Number(statement.run(...values).changes) } };
  }
}

type Run = (sql: string, values: SqlValue[]) => { results: unknown[]; meta: { changes: number } };

class SqliteStatement implements Statement {
  readonly #sql: string;
  readonly #values: SqlValue[];
  readonly run: () => ReturnType<Run>;
  readonly #execute: Run;

  constructor(sql: string, values: SqlValue[], execute: Run) {
    this.#sql = sql;
    this.#values = values;
    this.#execute = execute;
    this.run = () => execute(this.#sql, this.#values);
  }

  bind(...values: SqlValue[]): SqliteStatement {
    return new SqliteStatement(this.#sql, values, this.#execute);
  }

  async all(): Promise<{ results: unknown[] }> {
    return this.run();
  }
}
