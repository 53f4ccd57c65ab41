import { z } from 'zod';
import type { Sql } from '../store/database.ts';

/** A request that was begun so long ago and is not answered was stopped: the same one may begin again. */
const LEASE_MS = 60_000;
/** For how long a request is told the same as before. */
export const KEPT_MS = 24 * 3_600_000;

/** A request under an idempotency key. */
export interface OnceRequest {
  /** The hospital, or `*` for the operator's own routes. */
  readonly owner: string;
  /** Of owner, caller and key, hex. */
  readonly digest: string;
  /** Of what is asked: method, path, precondition and body, hex. */
  readonly request: string;
}

export type Begun =
  | { readonly kind: 'begun' }
  /** @property answer sealed, see `sealed-answer.ts` */
  | { readonly kind: 'answered'; readonly answer: string }
  /** The key was used for something else. */
  | { readonly kind: 'other' }
  | { readonly kind: 'running' };

const rowSchema = z.object({ request: z.string(), answer: z.string().nullable() });

/** Begins a request unless it was begun before: of many at once, one is told that it begins. */
export async function beginOnce(
  sql: Sql,
  { owner, digest, request }: OnceRequest,
  now: number,
): Promise<Begun> {
  const [begun] = await sql.write([
    `INSERT INTO idempotency (owner, digest, request, at) VALUES (?, ?, ?, ?)
      ON CONFLICT (owner, digest) DO UPDATE SET at = excluded.at, request = excluded.request, answer = NULL
      WHERE idempotency.at <= ? OR (answer IS NULL AND idempotency.request = excluded.request AND idempotency.at <= ?)`,
    ...[owner, digest, request, iso(now), iso(now - KEPT_MS), iso(now - LEASE_MS)],
  ]);
  if (begun === 1) return { kind: 'begun' };
  const row = await sql.row(
    rowSchema,
    'SELECT request, answer FROM idempotency WHERE owner = ? AND digest = ?',
    ...([owner, digest] as const),
  );
  if (row === null) return { kind: 'running' };
  if (row.request !== request) return { kind: 'other' };
  return row.answer === null ? { kind: 'running' } : { kind: 'answered', answer: row.answer };
}

/** Keeps the answer. */
export async function endOnce(
  sql: Sql,
  { owner, digest, request }: OnceRequest,
  answer: string,
): Promise<void> {
  await sql.write([
    'UPDATE idempotency SET answer = ? WHERE owner = ? AND digest = ? AND request = ?',
    ...[answer, owner, digest, request],
  ]);
}

/** Nothing was done: the key may be used again. */
export async function abandonOnce(sql: Sql, { owner, digest, request }: OnceRequest): Promise<void> {
  await sql.write([
    'DELETE FROM idempotency WHERE owner = ? AND digest = ? AND request = ? AND answer IS NULL',
    ...[owner, digest, request],
  ]);
}

/** Forgets answers that are not told any more. */
export async function forgetAnswers(sql: Sql, now: number): Promise<void> {
  await sql.write(['DELETE FROM idempotency WHERE at <= ?', iso(now - KEPT_MS)]);
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
