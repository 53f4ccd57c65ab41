import { toHex } from './hex.ts';
import type { KeyRecord, Scope } from './hospital.ts';
import { sha256 } from './sha256.ts';

/** Ids of hospitals hold no underscore, so that the parts cannot be confused. */
const FORM = /^dp_(?<hospital>[a-z0-9][a-z0-9-]{0,62})_(?<id>[0-9a-f]{12})_[A-Za-z0-9_-]{43}$/;

/** Compared against when the key's id is unknown, so that the answer takes as long as for a known one. */
const NOBODY = { salt: '0'.repeat(32), hash: '0'.repeat(64) };

/**
 * Makes an API key, `dp_<hospital>_<id>_<256 random bits in base64url>`, and the record to keep of it. The key itself is
 * not kept and cannot be shown again. It names its hospital, so that a key that is wrong can be told from one that is
 * right but another hospital's.
 *
 * @param created ISO 8601, UTC.
 * @param id 12 hexadecimal digits; at random if absent
 */
export async function createKey(
  hospital: string,
  scopes: readonly Scope[],
  created: string,
  id = toHex(crypto.getRandomValues(new Uint8Array(6))),
): Promise<{ key: string; record: KeyRecord }> {
  const key = `dp_${hospital}_${id}_${toBase64Url(crypto.getRandomValues(new Uint8Array(32)))}`;
  const salt = toHex(crypto.getRandomValues(new Uint8Array(16)));
  return { key, record: { id, salt, hash: await saltedHash(salt, key), scopes: [...scopes], created } };
}

const OPERATOR_FORM = /^dpo_[A-Za-z0-9_-]{43}$/;

/** Makes the operator's key, which adds hospitals and belongs to none. The server is told its SHA-256 only. */
export function createOperatorKey(): string {
  return `dpo_${toBase64Url(crypto.getRandomValues(new Uint8Array(32)))}`;
}

/** SHA-256 of an operator's key, hex, or null for what is none. A fast hash is right for 256 random bits. */
export async function operatorKeyHash(key: string): Promise<string | null> {
  return OPERATOR_FORM.test(key) ? sha256(new TextEncoder().encode(key)) : null;
}

/** The hospital and the id that a key names, or null for what is no key. Nothing is verified. */
export function parseKey(key: string): { hospital: string; id: string } | null {
  const { hospital, id } = FORM.exec(key)?.groups ?? {};
  return hospital === undefined || id === undefined ? null : { hospital, id };
}

/** What recognises a key. */
export type KeySecret = Pick<KeyRecord, 'id' | 'salt' | 'hash'>;

/** The record that a key belongs to, or null. Takes the same time for a wrong secret as for an unknown id. */
export async function verifyKey<T extends KeySecret>(records: readonly T[], key: string): Promise<T | null> {
  const id = FORM.exec(key)?.groups?.id;
  const record = records.find((candidate) => candidate.id === id);
  const { salt, hash } = record ?? NOBODY;
  const same = equalInConstantTime(await saltedHash(salt, key), hash);
  return record && same ? record : null;
}

/**
 * A fast hash is right here, other than for passwords: a key holds 256 random bits, which nobody can try out, so a slow
 * hash would protect nothing and cost every request.
 */
function saltedHash(salt: string, key: string): Promise<string> {
  return sha256(new TextEncoder().encode(salt + key));
}

/** Looks at every character, so that the time tells nothing of where two hashes differ. */
export function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}

function toBase64Url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
