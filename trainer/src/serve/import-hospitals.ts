import { type Hospital, loadHospital } from '@d-persona/shared/release/hospital.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { currentRelease } from '@d-persona/shared/release/store.ts';

/** What is used of the Worker's database. */
export interface HospitalDatabase {
  prepare(sql: string): { bind(...values: (string | null)[]): unknown };
  batch(statements: never[]): Promise<unknown>;
}

/**
 * Tells the Worker's database of the hospitals in a folder: their keys, and by which release each is served. What the
 * database knows already stays: a key that was revoked is not revived, and a release is promoted only when the folder
 * names another than it did the last time.
 *
 * @param now ISO 8601, UTC
 */
export async function importHospitals(
  store: ObjectStore,
  database: HospitalDatabase,
  now: string,
): Promise<void> {
  let statements: Bound[] = [];
  const write = async () => {
    const bound = statements.map(([sql, ...values]) => database.prepare(sql).bind(...values));
    statements = [];
    if (bound.length > 0) await database.batch(bound as never[]);
  };
  for (const key of await store.list('hospitals/')) {
    const id = /^hospitals\/([^/]+)\/hospital\.json$/.exec(key)?.[1];
    const hospital = id === undefined ? null : await loadHospital(store, id);
    if (hospital === null) continue;
    statements.push(...hospitalStatements(hospital, now));
    statements.push(...releaseStatements(hospital.id, await currentRelease(store, hospital.id), now));
    if (statements.length >= MOST_STATEMENTS) await write();
  }
  await write();
}

/** Of several hospitals at once: each batch is a round trip. */
const MOST_STATEMENTS = 200;

type Bound = [sql: string, ...values: (string | null)[]];

function hospitalStatements({ id, title, keys }: Hospital, now: string): Bound[] {
  return [
    ['INSERT INTO hospitals (id, title, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', id, title, now],
    ...keys.map(
      (key): Bound => [
        `INSERT INTO keys (hospital, id, salt, hash, scopes, created) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT DO NOTHING`,
        ...[id, key.id, key.salt, key.hash, key.scopes.join(' '), key.created],
      ],
    ),
  ];
}

function releaseStatements(id: string, release: string | null, now: string): Bound[] {
  if (release === null) return [];
  return [
    [
      'INSERT INTO releases (hospital, release, added) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      id,
      release,
      now,
    ],
    [
      `INSERT INTO promotions (hospital, version, release, at, by)
        SELECT id, version + 1, ?, ?, 'import' FROM hospitals WHERE id = ? AND imported IS NOT ?`,
      ...[release, now, id, release],
    ],
    [
      `UPDATE hospitals SET release = ?, version = version + 1, imported = ?, trial_kind = NULL, trial_release = NULL
        WHERE id = ? AND imported IS NOT ?`,
      ...[release, release, id, release],
    ],
  ];
}
