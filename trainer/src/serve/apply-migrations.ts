import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PROJECT } from './bundle-worker.ts';
import type { HospitalDatabase } from './import-hospitals.ts';

/** The Worker's database on this machine. */
export interface LocalDatabase extends HospitalDatabase {
  prepare(sql: string): {
    bind(...values: (string | null)[]): { all(): Promise<{ results: { name: string }[] }> };
  };
}

/** Where wrangler, too, keeps which migrations were applied: a database can be handed from one to the other. */
const TABLE = `CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE,
  applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;

/** Brings the database to the newest migration, each in one transaction, as `wrangler d1 migrations apply` does. */
export async function applyMigrations(database: LocalDatabase): Promise<void> {
  const { unstable_splitSqlQuery: split } = await import('wrangler');
  const folder = join(PROJECT, 'workers/migrations');
  await database.batch([database.prepare(TABLE).bind()] as never[]);
  const { results } = await database.prepare('SELECT name FROM d1_migrations').bind().all();
  const applied = new Set(results.map(({ name }) => name));
  for (const name of (await readdir(folder)).sort()) {
    if (applied.has(name)) continue;
    const statements = split(await readFile(join(folder, name), 'utf8')).map((sql) =>
      database.prepare(sql).bind(),
    );
    const record = database.prepare('INSERT INTO d1_migrations (name) VALUES (?)').bind(name);
    await database.batch([...statements, record] as never[]);
  }
}
