import { z } from 'zod';
import type { Services } from '../services.ts';
import { isNamed } from './named-objects.ts';

/** How long an object stays that no row names: what is about to name it has been over for long. */
const ORPHAN_MS = 12 * 3_600_000;
/** Marks of erased objects are of no use after it. */
const MARK_MS = 3_600_000;

const keySchema = z.object({ key: z.string() });

type Stores = Pick<Services, 'sql' | 'store' | 'now'>;

/** What a sweep found. */
export interface Swept {
  /** Objects that were erased. */
  readonly erased: number;
  /** Objects that will be, if no row names them until then. */
  readonly orphans: number;
  /** Objects that a row names. */
  readonly named: number;
}

/**
 * Erases the objects below a prefix that no row names, the second time they are found so. Choosing one and asking
 * whether a row names it are one statement, and rows that would name one that was just chosen are refused, so that
 * nothing is erased that is needed.
 *
 * @param kept keys that are left alone
 */
export async function sweep(stores: Stores, prefix: string, kept: ReadonlySet<string>): Promise<Swept> {
  let [erased, orphans, named] = [0, 0, 0];
  for await (const page of stores.store.pages(prefix)) {
    const unnamed = await unnamedOf(stores, page);
    named += page.length - unnamed.length;
    for (const key of await dueOf(
      stores,
      unnamed.filter((each) => !kept.has(each)),
    )) {
      if (await erase(stores, key)) erased++;
    }
    orphans += unnamed.length;
  }
  return { erased, orphans: orphans - erased, named };
}

/** Forgets marks of objects that were erased, or that a row names again. */
export async function forgetMarks({ sql, now }: Stores): Promise<void> {
  await sql.write(
    ['DELETE FROM orphans WHERE erasing <= ?', ago(now(), MARK_MS)],
    [`DELETE FROM orphans WHERE erasing IS NULL AND ${isNamed('+orphans.key')}`],
  );
}

async function unnamedOf({ sql }: Stores, keys: readonly string[]): Promise<string[]> {
  const rows = await sql.rows(
    keySchema,
    `SELECT listed.value AS key FROM json_each(?) AS listed WHERE NOT ${isNamed('listed.value')}`,
    JSON.stringify(keys),
  );
  return rows.map(({ key }) => key);
}

/** Marks orphans that are new. @returns those that were marked for long enough */
async function dueOf({ sql, now }: Stores, keys: readonly string[]): Promise<string[]> {
  if (keys.length === 0) return [];
  const list = JSON.stringify(keys);
  await sql.write([
    'INSERT INTO orphans (key, seen) SELECT value, ? FROM json_each(?) WHERE true ON CONFLICT DO NOTHING',
    ...[new Date(now()).toISOString(), list],
  ]);
  const rows = await sql.rows(
    keySchema,
    'SELECT key FROM orphans WHERE key IN (SELECT value FROM json_each(?)) AND seen <= ?',
    ...([list, ago(now(), ORPHAN_MS)] as const),
  );
  return rows.map(({ key }) => key);
}

async function erase({ sql, store, now }: Stores, key: string): Promise<boolean> {
  const [chosen] = await sql.write([
    `UPDATE orphans SET erasing = ? WHERE key = ? AND seen <= ? AND NOT ${isNamed('+orphans.key')}`,
    ...[new Date(now()).toISOString(), key, ago(now(), ORPHAN_MS)],
  ]);
  if (chosen !== 1) return false;
  await store.delete(key);
  return true;
}

function ago(now: number, ms: number): string {
  return new Date(now - ms).toISOString();
}
