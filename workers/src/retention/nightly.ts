import { z } from 'zod';
import { imageKey, maskKey } from '../annotation/keep-annotation.ts';
import type { Services } from '../services.ts';

const DAY_MS = 86_400_000;
/** From one night to the next, with room for a run that starts early. */
const ORPHAN_MS = DAY_MS / 2;

const hospitalSchema = z.object({ id: z.string(), annotation_days: z.int(), audit_days: z.int() });
const namedSchema = z.object({ image: z.string(), mask: z.string() });
const keySchema = z.object({ key: z.string() });

type Stores = Pick<Services, 'sql' | 'store' | 'now'>;

/**
 * What is done every night: ends what a hospital keeps for so many days, erases the pixels of annotations that were
 * withdrawn, and removes what a Worker that was stopped half-way left in the bucket. Done twice, it does no harm.
 */
export async function nightly(stores: Stores): Promise<void> {
  const { sql } = stores;
  const hospitals = await sql.rows(hospitalSchema, 'SELECT id, annotation_days, audit_days FROM hospitals');
  for (const hospital of hospitals) {
    await endAudit(stores, hospital);
    await endAnnotations(stores, hospital);
    await sweepPixels(stores, hospital.id);
  }
}

type HospitalRow = z.output<typeof hospitalSchema>;

async function endAudit({ sql, now }: Stores, { id, audit_days }: HospitalRow): Promise<void> {
  await sql.write(['DELETE FROM audit WHERE hospital = ? AND at < ?', id, daysAgo(now(), audit_days)]);
}

/** An annotation whose time is over is withdrawn, so that the next training honours it too. */
async function endAnnotations({ sql, now }: Stores, { id, annotation_days }: HospitalRow): Promise<void> {
  const over = await sql.rows(
    z.object({ id: z.string() }),
    'SELECT id FROM annotations WHERE hospital = ? AND withdrawn IS NULL AND received < ?',
    ...([id, daysAgo(now(), annotation_days)] as const),
  );
  for (const annotation of over) {
    await sql.write([
      `UPDATE annotations SET withdrawn = ?, changed =
        (SELECT max(changed) + 1 FROM annotations WHERE hospital = ?) WHERE hospital = ? AND id = ?`,
      ...[new Date(now()).toISOString(), id, id, annotation.id],
    ]);
  }
}

/**
 * Pixels are written before the row that names them, so what no row names may be about to be named: it is removed only
 * if no row names it on a later night either.
 */
async function sweepPixels({ sql, store, now }: Stores, hospital: string): Promise<void> {
  const at = new Date(now()).toISOString();
  const before = new Date(now() - ORPHAN_MS).toISOString();
  const stored = await store.list(`annotations/${hospital}/`);
  const named = await namedKeys({ sql }, hospital);
  for (const key of stored) {
    if (named.has(key)) continue;
    await sql.write(['INSERT INTO orphans (key, seen) VALUES (?, ?) ON CONFLICT DO NOTHING', key, at]);
    const old = await sql.row(keySchema, 'SELECT key FROM orphans WHERE key = ? AND seen <= ?', key, before);
    if (old === null) continue;
    // Asked once more at the last moment: the same pixels may have been handed in again.
    if (!(await namedKeys({ sql }, hospital)).has(key)) await store.delete(key);
    await sql.write(['DELETE FROM orphans WHERE key = ?', key]);
  }
}

async function namedKeys({ sql }: Pick<Stores, 'sql'>, hospital: string): Promise<Set<string>> {
  const rows = await sql.rows(
    namedSchema,
    'SELECT image, mask FROM annotations WHERE hospital = ? AND withdrawn IS NULL',
    hospital,
  );
  return new Set(rows.flatMap(({ image, mask }) => [imageKey(hospital, image), maskKey(hospital, mask)]));
}

function daysAgo(now: number, days: number): string {
  return new Date(now - days * DAY_MS).toISOString();
}
