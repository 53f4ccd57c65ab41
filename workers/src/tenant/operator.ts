import { equalInConstantTime } from '@d-persona/shared/release/api-key.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';

const FORM = /^dpo_[A-Za-z0-9_-]{43}$/;

/**
 * Whether this is the operator's key: the one that adds hospitals, and belongs to none. The Worker knows its SHA-256
 * (a secret); a fast hash is right for 256 random bits.
 */
export async function isOperator(token: string, sha256OfKey: string | undefined): Promise<boolean> {
  if (sha256OfKey === undefined || !FORM.test(token)) return false;
  return equalInConstantTime(await sha256(new TextEncoder().encode(token)), sha256OfKey);
}
