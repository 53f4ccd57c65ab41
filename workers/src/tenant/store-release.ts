import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { decodeManifest } from '@d-persona/shared/release/decode-release.ts';
import { ReleaseError } from '@d-persona/shared/release/release-error.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';
import { manifestKey, partKey } from '@d-persona/shared/release/store.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { Services } from '../services.ts';

/** Stores a part under its own SHA-256. What is there already, of whichever release, is the same. */
export async function storePart(
  { store }: Pick<Services, 'store'>,
  part: string,
  bytes: Uint8Array,
): Promise<string> {
  const hash = await sha256(bytes);
  await store.put(partKey(hash, part), bytes);
  return hash;
}

/**
 * Stores a manifest whose parts are there, and lists the release for the hospital. The list comes last: what is cut
 * off before it leaves nothing that could be promoted, and the same request again completes it.
 *
 * @throws ProblemError 400 for what is no manifest of that address, 409 where a part is missing
 */
export async function storeRelease(
  { store, sql, now }: Pick<Services, 'store' | 'sql' | 'now'>,
  hospital: string,
  release: string,
  bytes: Uint8Array,
): Promise<void> {
  const { parts } = await decodeManifest(bytes, release, servingSpecs, 'body').catch(notAManifest);
  const keys = Object.entries(parts).map(([part, { sha256: hash }]) => partKey(hash, part));
  for (const key of keys) {
    if ((await store.list(key)).length > 0) continue;
    const detail = `body: names the part ${key}, which is not there. Send the parts first.`;
    throw new ProblemError('conflict', detail);
  }
  await store.put(manifestKey(release), bytes);
  await sql.write([
    'INSERT INTO releases (hospital, release, added) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
    ...[hospital, release, new Date(now()).toISOString()],
  ]);
}

function notAManifest(error: unknown): never {
  if (!(error instanceof ReleaseError)) throw error;
  throw new ProblemError('malformed-request', `body: ${error.problem}. ${error.remedy}.`);
}
