import { z } from 'zod';
import { forgetAnswers } from '../idempotency/idempotency-rows.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import type { Services } from '../services.ts';

/** What the database removes within its time. */
const ENTRIES_AT_ONCE = 1000;

const idSchema = z.object({ id: z.string(), before: z.string() });

type Stores = Pick<Services, 'sql' | 'store' | 'now' | 'hospitals' | 'log'>;

/** SQL: the moment before which things of a hospital are over. Value: now. */
const over = (days: 'audit_days' | 'annotation_days') =>
  `strftime('%Y-%m-%dT%H:%M:%fZ', ?, '-' || h.${days} || ' days')`;

/**
 * What is done every night: ends what a hospital keeps for so many days, erases the pixels of annotations that were
 * withdrawn, and finishes or removes what a Worker that was stopped half-way left. Done twice, it does no harm. One
 * step that fails does not stop the others.
 *
 * @throws the first failure, when all steps were tried
 */
export async function nightly(stores: Stores): Promise<void> {
  const failures: unknown[] = [];
  const steps = [
    () => endAudit(stores),
    () => endAnnotations(stores),
    () => forgetAnswers(stores.sql, stores.now()),
    async () => {
      const found = await reconcile(stores);
      stores.log(
        JSON.stringify({ level: found.missing > 0 ? 'error' : 'info', task: 'reconcile', ...found }),
      );
    },
  ];
  for (const step of steps) await step().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}

async function endAudit({ sql, now }: Stores): Promise<void> {
  const hospitals = await sql.rows(
    idSchema,
    `SELECT h.id, ${over('audit_days')} AS before FROM hospitals AS h WHERE EXISTS
      (SELECT 1 FROM audit AS a WHERE a.hospital = h.id AND a.at < ${over('audit_days')})`,
    ...([iso(now()), iso(now())] as const),
  );
  for (const { id, before } of hospitals) {
    let ended: number | undefined;
    do {
      [ended] = await sql.write([
        `DELETE FROM audit WHERE rowid IN (SELECT rowid FROM audit WHERE hospital = ? AND at < ? LIMIT ?)`,
        ...[id, before, ENTRIES_AT_ONCE],
      ]);
    } while (ended === ENTRIES_AT_ONCE);
  }
}

async function endAnnotations({ sql, now, hospitals }: Stores): Promise<void> {
  const found = await sql.rows(
    idSchema,
    `SELECT h.id, ${over('annotation_days')} AS before FROM hospitals AS h WHERE EXISTS
      (SELECT 1 FROM annotations AS a WHERE a.hospital = h.id AND a.withdrawn IS NULL
        AND a.received < ${over('annotation_days')})`,
    ...([iso(now()), iso(now())] as const),
  );
  for (const { id, before } of found) {
    const { kind } = await hospitals(id).endAnnotations({ hospital: id, before });
    if (kind !== 'done') throw new Error('The annotations of a hospital could not be ended');
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
