import type { MadeKey } from '@d-persona/shared/contract/administration.ts';
import { createKey } from '@d-persona/shared/release/api-key.ts';
import type { Scope } from '@d-persona/shared/release/hospital.ts';
import { z } from 'zod';
import { KEPT_MS } from '../idempotency/idempotency-rows.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { Bound, Sql } from '../store/database.ts';
import { scopesColumnSchema } from './tenant.ts';

const listedSchema = z.object({
  id: z.string(),
  scopes: scopesColumnSchema,
  created: z.string(),
  expires: z.string().nullable(),
  revoked: z.string().nullable(),
});

/** All keys of a hospital, the newest first, without their secrets. */
export function listKeys(sql: Sql, hospital: string) {
  return sql.rows(
    listedSchema,
    'SELECT id, scopes, created, expires, revoked FROM keys WHERE hospital = ? ORDER BY created DESC, id',
    hospital,
  );
}

/**
 * Makes a key and keeps its salted hash.
 *
 * @param now milliseconds since 1970
 * @param once names the request: one that was stopped before it answered is made good by the same one again
 * @throws ProblemError 409 where the request made a key that is in use
 */
export async function makeKey(
  sql: Sql,
  hospital: string,
  { scopes, expires }: { scopes: readonly Scope[]; expires?: string | null | undefined },
  now: number,
  once?: string,
): Promise<MadeKey> {
  const { made, insert } = await newKey(hospital, scopes, expires ?? null, now, once);
  const [written] = await sql.write(insert);
  if (written === 0) throw keyInUse();
  return made;
}

/**
 * Makes a key with the scopes of another, which stops working after a while. Both happen, or neither.
 *
 * @param rotation which key, and for how long it still works
 * @param once see {@link makeKey}
 * @throws ProblemError 404 for a key that is not there or revoked, 409 where the request made a key that is in use
 */
export async function rotateKey(
  sql: Sql,
  hospital: string,
  { id, graceMs }: { id: string; graceMs: number },
  now: number,
  once?: string,
): Promise<MadeKey> {
  const old = (await listKeys(sql, hospital)).find((key) => key.id === id && key.revoked === null);
  if (old === undefined) throw noSuchKey();
  const { made, insert } = await newKey(hospital, old.scopes, null, now, once);
  const until = new Date(now + graceMs).toISOString();
  const [written] = await sql.write(insert, [
    'UPDATE keys SET expires = ? WHERE hospital = ? AND id = ? AND (expires IS NULL OR expires > ?)',
    ...[until, hospital, id, until],
  ]);
  if (written === 0) throw keyInUse();
  return made;
}

/** From the next request on the key is wrong. @throws ProblemError 404 for a key that is not there */
export async function revokeKey(sql: Sql, hospital: string, id: string, now: number): Promise<void> {
  const [changed] = await sql.write([
    'UPDATE keys SET revoked = coalesce(revoked, ?) WHERE hospital = ? AND id = ?',
    ...[new Date(now).toISOString(), hospital, id],
  ]);
  if (changed === 0) throw noSuchKey();
}

async function newKey(
  hospital: string,
  scopes: readonly Scope[],
  expires: string | null,
  now: number,
  once: string | undefined,
) {
  const created = new Date(now).toISOString();
  const { key, record } = await createKey(hospital, scopes, created, once?.slice(0, 12));
  const { id, salt, hash } = record;
  // Under an idempotency key, the id is the request's: what it made before and never answered is replaced.
  const insert: Bound = [
    `INSERT INTO keys (hospital, id, salt, hash, scopes, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (hospital, id) DO UPDATE SET salt = excluded.salt, hash = excluded.hash, created = excluded.created
      WHERE ? AND keys.revoked IS NULL AND keys.created > ?`,
    ...[hospital, id, salt, hash, scopes.join(' '), created, expires],
    ...[once === undefined ? 0 : 1, new Date(now - KEPT_MS).toISOString()],
  ];
  return { made: { id, key, scopes: [...scopes], created, expires }, insert };
}

function keyInUse(): ProblemError {
  return new ProblemError('conflict', 'idempotency-key: made a key before, which is in use. Send a new one.');
}

function noSuchKey(): ProblemError {
  return new ProblemError('not-found', 'key: the hospital has no such key. GET …/keys lists them.');
}
