import { type AnnotationRecord, annotationRecordSchema } from '@d-persona/shared/contract/annotations.ts';
import { z } from 'zod';
import type { Sql } from '../store/database.ts';

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
