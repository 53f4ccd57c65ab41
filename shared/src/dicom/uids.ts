import { canonicalJson } from '../release/canonical-json.ts';

/**
 * A UID that follows from a name: equal names have equal UIDs, others have others. The UUID (RFC 9562, version 8) of
 * the first 128 bits of SHA-256 of the name's canonical JSON, as a decimal under the root 2.25 (PS3.5 B.2).
 */
export async function uidOfName(name: unknown): Promise<string> {
  const bytes = new TextEncoder().encode(canonicalJson(name));
  const digest = new DataView(await crypto.subtle.digest('SHA-256', bytes));
  const high = (digest.getBigUint64(0) & ~0xf000n) | 0x8000n;
  const low = (digest.getBigUint64(8) & ~(0b11n << 62n)) | (0b10n << 62n);
  return `2.25.${(high << 64n) | low}`;
}
