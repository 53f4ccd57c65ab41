import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { decodeManifest } from '@d-persona/shared/release/decode-release.ts';
import { ReleaseError } from '@d-persona/shared/release/release-error.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';
import { manifestKey, partKey } from '@d-persona/shared/release/store.ts';
import { ProblemError, unavailable } from '../problem/problem-error.ts';
import { storeUnavailable } from '../problem/problem-response.ts';
import { removeEntry, writeEntry } from '../reconcile/journal.ts';
import type { Services } from '../services.ts';
import { partKeys } from './release-writes.ts';

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
 * Stores a manifest whose parts are there, and lists the release for the hospital. A Worker that is stopped before the
 * list has its work finished by the reconciler, or undone; the same request again completes it.
 *
 * @throws ProblemError 400 for what is no manifest of that address, 409 where a part is missing
 */
export async function storeRelease(
  { store, now, hospitals }: Pick<Services, 'store' | 'now' | 'hospitals'>,
  hospital: string,
  release: string,
  bytes: Uint8Array,
): Promise<void> {
  const manifest = await decodeManifest(bytes, release, servingSpecs, 'body').catch(notAManifest);
  for (const key of partKeys(manifest)) if (!(await store.has(key))) throw lacksPart(key);
  const entry = { kind: 'release' as const, hospital, release, at: new Date(now()).toISOString() };
  await writeEntry(store, entry);
  await store.put(manifestKey(release), bytes);
  const outcome = await hospitals(hospital).addRelease({ hospital, release });
  if (outcome.kind === 'unavailable') throw storeUnavailable();
  if (outcome.kind === 'not-now')
    throw unavailable('busy', 'A part of it is just being erased. Send all of it again in a minute.', 60);
  // The reconciler removes what cannot be removed now.
  await removeEntry(store, entry).catch(() => undefined);
  if (outcome.kind === 'broken-release') throw lacksPart('of the release');
}

function lacksPart(key: string): ProblemError {
  return new ProblemError(
    'conflict',
    `body: names the part ${key}, which is not there. Send the parts first.`,
  );
}

function notAManifest(error: unknown): never {
  if (!(error instanceof ReleaseError)) throw error;
  throw new ProblemError('malformed-request', `body: ${error.problem}. ${error.remedy}.`);
}
