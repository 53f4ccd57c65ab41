import { z } from 'zod';
import type { AnnotationRow } from '../reconcile/journal.ts';
import { erasingSince, NONE_ERASED, noOrphans } from '../reconcile/named-objects.ts';
import type { Sql } from '../store/database.ts';
import type { ErasableStore } from '../store/r2-store.ts';
import { imageKey, maskKey } from './pixel-keys.ts';

/** Where annotations are written: all writes of a hospital come one after another. */
export interface AnnotationStores {
  readonly sql: Sql;
  readonly store: ErasableStore;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface AnnotationWrite {
  readonly hospital: string;
  readonly annotation: AnnotationRow;
  /** Whether it takes the place of a withdrawn one of the same content. */
  readonly again: boolean;
}

/** What became of an annotation. Plain data: it crosses from the Durable Object to the Worker. */
export type AnnotationOutcome =
  | { readonly kind: 'done'; readonly received: string }
  /** There is another under this id. */
  | { readonly kind: 'conflict' }
  /** Its pixels are not in the store: they must be put there first. */
  | { readonly kind: 'no-pixels' }
  /** Its pixels are just being erased, or its hospital is gone. */
  | { readonly kind: 'not-now' }
  /** The stores do not answer. */
  | { readonly kind: 'unavailable' };

/** The next number of a hospital's changes, within the statement that writes it. */
const NEXT = '(SELECT coalesce(max(changed), 0) + 1 FROM annotations WHERE hospital = ?)';
const COLUMNS =
  'hospital, id, changed, persona, title, patient, height, width, image, mask, received, by, withdrawn';

const keptSchema = z.object({
  persona: z.string(),
  image: z.string(),
  mask: z.string(),
  received: z.string(),
  withdrawn: z.string().nullable(),
});

/** Writes an annotation, once, if its pixels are there. What was withdrawn after it was received stays withdrawn. */
export async function writeAnnotation(
  { sql, store, now }: AnnotationStores,
  { hospital, annotation, again }: AnnotationWrite,
): Promise<AnnotationOutcome> {
  const { id, persona, title, group, size, image, mask, received, by } = annotation;
  const keys = [imageKey(hospital, image), maskKey(hospital, mask)];
  for (const key of keys) if (!(await store.has(key))) return { kind: 'no-pixels' };
  const at = now();
  await sql.write(
    [
      `INSERT INTO annotations (${COLUMNS}) SELECT ?, ?, ${NEXT}, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL
        WHERE ${NONE_ERASED} AND EXISTS (SELECT 1 FROM hospitals WHERE id = ? AND removed IS NULL)
        ON CONFLICT (hospital, id) DO UPDATE SET withdrawn = NULL, changed = excluded.changed,
          received = excluded.received, by = excluded.by, title = excluded.title, patient = excluded.patient
        WHERE ? AND annotations.withdrawn <= excluded.received`,
      ...[hospital, id, hospital, persona, title, group, ...size, image, mask, received, by],
      ...[JSON.stringify(keys), erasingSince(at), hospital, again ? 1 : 0],
    ],
    noOrphans(keys, at),
  );
  const kept = await sql.row(
    keptSchema,
    'SELECT persona, image, mask, received, withdrawn FROM annotations WHERE hospital = ? AND id = ?',
    ...([hospital, id] as const),
  );
  // Refused: neither new, nor brought back.
  if (kept === null || (again && kept.withdrawn !== null && kept.withdrawn <= received)) {
    return { kind: 'not-now' };
  }
  const same = kept.persona === persona && kept.image === image && kept.mask === mask;
  return same ? { kind: 'done', received: kept.received } : { kind: 'conflict' };
}

export interface Withdrawal {
  readonly hospital: string;
  readonly annotation: string;
}

/** Marks an annotation as withdrawn, once. */
export async function withdrawAnnotation(
  { sql, now }: AnnotationStores,
  { hospital, annotation }: Withdrawal,
): Promise<{ readonly kind: 'done' | 'unknown' | 'unavailable' }> {
  await sql.write([
    `UPDATE annotations SET withdrawn = ?, changed = ${NEXT} WHERE hospital = ? AND id = ? AND withdrawn IS NULL`,
    ...[new Date(now()).toISOString(), hospital, hospital, annotation],
  ]);
  const found = await sql.row(
    z.object({ id: z.string() }),
    'SELECT id FROM annotations WHERE hospital = ? AND id = ?',
    ...([hospital, annotation] as const),
  );
  return { kind: found === null ? 'unknown' : 'done' };
}

export interface AnnotationsEnd {
  readonly hospital: string;
  /** ISO 8601, UTC: what was received before is withdrawn. */
  readonly before: string;
}

/** Withdraws all annotations whose time is over, so that the next training honours it too. */
export async function endAnnotations(
  { sql, now }: AnnotationStores,
  { hospital, before }: AnnotationsEnd,
): Promise<{ readonly kind: 'done' | 'unavailable' }> {
  await sql.write([
    `UPDATE annotations SET withdrawn = ?, changed = over.next FROM
      (SELECT id, row_number() OVER (ORDER BY changed) + ${NEXT} - 1 AS next FROM annotations
        WHERE hospital = ? AND withdrawn IS NULL AND received < ?) AS over
      WHERE annotations.hospital = ? AND annotations.id = over.id`,
    ...[new Date(now()).toISOString(), hospital, hospital, before, hospital],
  ]);
  return { kind: 'done' };
}
