import { type AnnotationRecord, annotationRecordSchema } from '@d-persona/shared/contract/annotations.ts';
import { z } from 'zod';
import type { Sql } from '../store/database.ts';

/** What is kept of an annotation beside its pixels. */
export type NewAnnotation = Omit<AnnotationRecord, 'changed' | 'withdrawn'> & { readonly by: string };

const rowSchema = z
  .object({
    ...{ id: z.string(), changed: z.int(), persona: z.string(), title: z.string().nullable() },
    ...{ patient: z.string(), height: z.int(), width: z.int(), image: z.string(), mask: z.string() },
    ...{ received: z.string(), withdrawn: z.string().nullable() },
  })
  .transform(({ patient, height, width, withdrawn, ...rest }) =>
    annotationRecordSchema.parse({
      ...rest,
      ...{ group: patient, size: [height, width], withdrawn: withdrawn !== null },
    }),
  );

const COLUMNS = 'id, changed, persona, title, patient, height, width, image, mask, received, withdrawn';
/** The next number of a hospital's changes, within the statement that writes it. */
const NEXT = '(SELECT coalesce(max(changed), 0) + 1 FROM annotations WHERE hospital = ?)';

/** Writes an annotation unless it is there. */
export async function addAnnotation(sql: Sql, hospital: string, annotation: NewAnnotation): Promise<void> {
  const { id, persona, title, group, size, image, mask, received, by } = annotation;
  await sql.write([
    `INSERT INTO annotations (hospital, id, changed, persona, title, patient, height, width, image, mask, received, by)
      VALUES (?, ?, ${NEXT}, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (hospital, id) DO NOTHING`,
    ...[hospital, id, hospital, persona, title, group, ...size, image, mask, received, by],
  ]);
}

/** @returns null where the hospital has no such annotation */
export function findAnnotation(sql: Sql, hospital: string, id: string): Promise<AnnotationRecord | null> {
  return sql.row(rowSchema, `SELECT ${COLUMNS} FROM annotations WHERE hospital = ? AND id = ?`, hospital, id);
}

/** Annotations that changed after a number, in that order. */
export function listAnnotations(
  sql: Sql,
  hospital: string,
  after: number,
  limit: number,
): Promise<AnnotationRecord[]> {
  const query = `SELECT ${COLUMNS} FROM annotations WHERE hospital = ? AND changed > ? ORDER BY changed LIMIT ?`;
  return sql.rows(rowSchema, query, hospital, after, limit);
}

/** Marks an annotation as withdrawn, once. @returns whether there is such an annotation */
export async function withdrawAnnotation(
  sql: Sql,
  hospital: string,
  id: string,
  at: string,
): Promise<boolean> {
  await sql.write([
    `UPDATE annotations SET withdrawn = ?, changed = ${NEXT} WHERE hospital = ? AND id = ? AND withdrawn IS NULL`,
    ...[at, hospital, hospital, id],
  ]);
  return (await findAnnotation(sql, hospital, id)) !== null;
}
