import { equalInConstantTime, operatorKeyHash } from '@d-persona/shared/release/api-key.ts';

/**
 * Whether this is the operator's key: the one that adds hospitals, and belongs to none. The Worker knows its SHA-256
 * (a secret).
 */
export async function isOperator(token: string, sha256OfKey: string | undefined): Promise<boolean> {
  const hash = await operatorKeyHash(token);
  return hash !== null && sha256OfKey !== undefined && equalInConstantTime(hash, sha256OfKey);
}
