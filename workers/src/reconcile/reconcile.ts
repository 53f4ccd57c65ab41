import type { Reconciliation } from '@d-persona/shared/contract/administration.ts';
import { z } from 'zod';
import { imageKey, maskKey } from '../annotation/pixel-keys.ts';
import { writeKeptEntries } from '../audit/kept-entries.ts';
import type { Services } from '../services.ts';
import { partsOf, soundManifest } from '../tenant/release-writes.ts';
import { type JournalEntry, journal, removeEntry } from './journal.ts';
import { forgetMarks, sweep } from './sweep.ts';

/** Younger entries belong to a Worker that may still be at work. */
const YOUNG_MS = 60_000;

type Stores = Pick<Services, 'sql' | 'store' | 'now' | 'hospitals'>;

/**
 * Finds what a Worker left that was stopped between a write to the store and one to the database: finishes what it had
 * written into the journal, and erases what no row names, the second time it is found so. Done twice, or by two at
 * once, it does no harm.
 */
export async function reconcile(stores: Stores): Promise<Reconciliation> {
  const audited = await writeKeptEntries(stores);
  const { finished, dropped, waiting } = await replay(stores);
  const broken = await noteParts(stores);
  const found = { erased: 0, orphans: 0, missing: 0 };
  for (const prefix of ['annotations/', 'releases/', 'parts/']) {
    // Of a release that cannot be read nobody knows which parts it needs.
    if (prefix === 'parts/' && broken > 0) continue;
    const needed = await neededBelow(stores, prefix);
    const swept = await sweep(stores, prefix, waiting);
    found.erased += swept.erased;
    found.orphans += swept.orphans;
    found.missing += Math.max(0, needed - swept.named);
  }
  await forgetMarks(stores);
  return { finished, dropped, audited, broken, ...found };
}

/** Finishes the journal. @returns how many entries, and which objects those name that have to wait */
async function replay(stores: Stores) {
  let [finished, dropped] = [0, 0];
  const waiting = new Set<string>();
  const young = new Date(stores.now() - YOUNG_MS).toISOString();
  for await (const { key, entry } of journal(stores.store)) {
    if (entry === null) {
      dropped++;
      await stores.store.delete(key);
      continue;
    }
    const outcome = entry.at > young ? 'wait' : await finish(stores, entry);
    if (outcome === 'wait') for (const name of namesOf(entry)) waiting.add(name);
    else if (outcome === 'finished') finished++;
    else dropped++;
    if (outcome !== 'wait') await removeEntry(stores.store, entry);
  }
  return { finished, dropped, waiting };
}

async function finish(stores: Stores, entry: JournalEntry): Promise<'finished' | 'dropped' | 'wait'> {
  if (await isGone(stores, entry.hospital)) return 'dropped';
  const hospital = stores.hospitals(entry.hospital);
  const { kind } =
    entry.kind === 'annotation' ? await hospital.annotate(entry) : await hospital.addRelease(entry);
  if (kind === 'done') return 'finished';
  return kind === 'unavailable' || kind === 'not-now' ? 'wait' : 'dropped';
}

async function isGone({ sql }: Stores, hospital: string): Promise<boolean> {
  const row = await sql.row(
    z.object({ removed: z.string().nullable() }),
    'SELECT removed FROM hospitals WHERE id = ?',
    hospital,
  );
  return row === null || row.removed !== null;
}

function namesOf(entry: JournalEntry): string[] {
  if (entry.kind === 'release') return [`releases/${entry.release}/manifest.json`];
  const { hospital, annotation } = entry;
  return [imageKey(hospital, annotation.image), maskKey(hospital, annotation.mask)];
}

/** Notes the parts of releases of which they are not noted yet. @returns how many cannot be read */
async function noteParts({ sql, store }: Stores): Promise<number> {
  const rows = await sql.rows(
    z.object({ release: z.string() }),
    `SELECT DISTINCT release FROM releases
      WHERE NOT EXISTS (SELECT 1 FROM release_parts AS part WHERE part.release = releases.release)`,
  );
  let broken = 0;
  for (const { release } of rows) {
    const manifest = await soundManifest(store, release);
    if (manifest === null) broken++;
    else await sql.write(partsOf(release, manifest));
  }
  return broken;
}

const NEEDED: Readonly<Record<string, string>> = {
  'annotations/': `SELECT hospital, image AS name FROM annotations WHERE withdrawn IS NULL
    UNION SELECT hospital, 'mask ' || mask FROM annotations WHERE withdrawn IS NULL`,
  'releases/': 'SELECT DISTINCT release FROM releases',
  'parts/': 'SELECT DISTINCT key FROM release_parts',
};

/** How many objects rows name. */
async function neededBelow({ sql }: Stores, prefix: string): Promise<number> {
  const row = await sql.row(
    z.object({ count: z.int() }),
    `SELECT count(*) AS count FROM (${NEEDED[prefix]})`,
  );
  return row?.count ?? 0;
}
