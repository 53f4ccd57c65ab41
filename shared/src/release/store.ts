import { z } from 'zod';
import { InputError } from '../errors.ts';
import {
  decodeManifest,
  plainWeights,
  type Release,
  type SpecsFor,
  type StoredTensor,
  storedWeights,
} from './decode-release.ts';
import type { EncodedRelease, PlainTensor } from './encode-release.ts';
import { hospitalKey } from './hospital.ts';
import { hashSchema, type Manifest } from './manifest.ts';
import { getBytes, type ObjectStore } from './object-store.ts';
import { readPart } from './read-part.ts';
import { ReleaseError } from './release-error.ts';

/** The key of a release's manifest. */
export function manifestKey(hash: string): string {
  return `releases/${hash}/manifest.json`;
}

/**
 * The key of a part: its own SHA-256 is its address, so releases that share a part store it once. The heads of a
 * hospital are a few kilobytes on a core of megabytes that many hospitals share.
 */
export function partKey(sha256: string, part: string): string {
  return `parts/${sha256}/${part}`;
}

/** All files of a release by their keys: the parts, then the manifest. */
export function storedFiles({ hash, manifest, files }: EncodedRelease): Map<string, Uint8Array> {
  const parts = Object.entries(manifest.parts).map(
    ([part, { sha256 }]) => [partKey(sha256, part), files.get(part) as Uint8Array] as const,
  );
  return new Map([...parts, [manifestKey(hash), files.get('manifest.json') as Uint8Array]]);
}

/**
 * Loads a release and verifies every byte of it. Parts come one after the other, so that no more than one is in
 * memory beside the decoded weights.
 *
 * @throws ReleaseError that names the file; InputError `bad-release-hash`.
 */
export async function loadRelease(store: ObjectStore, hash: string, specsFor: SpecsFor): Promise<Release> {
  const manifest = await loadManifest(store, hash, specsFor);
  const weights = new Map<string, PlainTensor>();
  for (const part of Object.keys(manifest.parts).sort()) {
    for (const [name, tensor] of plainWeights(await loadPart(store, manifest, part)))
      weights.set(name, tensor);
  }
  return { hash, manifest, weights };
}

/** Loads and verifies a part of a release; its weights stay as they are stored. @throws ReleaseError that names the file */
export async function loadPart(
  store: ObjectStore,
  manifest: Manifest,
  part: string,
): Promise<Map<string, StoredTensor>> {
  const expected = manifest.parts[part];
  if (expected === undefined) throw new RangeError(`The manifest has no part ${part}`);
  return storedWeights(manifest, part, await readPart(store, partKey(expected.sha256, part), expected));
}

/** Loads and verifies a manifest alone. @throws ReleaseError that names the file; InputError `bad-release-hash`. */
export async function loadManifest(store: ObjectStore, hash: string, specsFor: SpecsFor): Promise<Manifest> {
  assertHash(hash);
  const key = manifestKey(hash);
  const bytes = await getBytes(store, key);
  if (!bytes) {
    throw new ReleaseError(
      'release-missing',
      key,
      'is not there',
      'Publish the release, or give another hash',
    );
  }
  return decodeManifest(bytes, hash, specsFor, key);
}

/**
 * Stores a release: parts first, the manifest last, so that a release is there wholly or not at all. What is there
 * already with the same bytes is left alone; nothing is ever replaced.
 *
 * @throws ReleaseError `release-conflict` where other bytes are stored under one of its keys.
 */
export async function publishRelease(store: ObjectStore, release: EncodedRelease): Promise<void> {
  for (const [key, bytes] of storedFiles(release)) {
    const stored = await getBytes(store, key);
    if (!stored) await store.put(key, bytes);
    else if (!equalBytes(stored, bytes)) {
      const problem = 'is stored already, with other bytes than this release has';
      throw new ReleaseError('release-conflict', key, problem, 'Remove the damaged file and publish again');
    }
  }
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** The hashes of the releases in a store, in order. */
export async function listReleases(store: ObjectStore): Promise<string[]> {
  const keys = await store.list('releases/');
  return keys.flatMap((key) => /^releases\/([0-9a-f]{64})\/manifest\.json$/.exec(key)?.[1] ?? []);
}

/** `hospitals/<id>/current.json`. */
const currentSchema = z.strictObject({ release: hashSchema });

/** The hash of the release that a hospital is served by, or null while there is none. */
export async function currentRelease(store: ObjectStore, hospital: string): Promise<string | null> {
  const key = hospitalKey(hospital, 'current.json');
  const bytes = await getBytes(store, key);
  if (!bytes) return null;
  try {
    return currentSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).release;
  } catch (cause) {
    const problem = 'does not name a release';
    throw new InputError({
      code: 'bad-current',
      input: key,
      problem,
      remedy: 'Promote a release again',
      cause,
    });
  }
}

/**
 * Makes a published release the one that a hospital is served by. One write: a reader sees the old or the new.
 *
 * @throws ReleaseError `release-missing`; InputError `bad-release-hash`, `bad-hospital-id`.
 */
export async function promoteRelease(store: ObjectStore, hospital: string, hash: string): Promise<void> {
  assertHash(hash);
  const manifest = manifestKey(hash);
  if (!(await getBytes(store, manifest))) {
    throw new ReleaseError(
      'release-missing',
      manifest,
      'is not there',
      'Publish the release before promoting it',
    );
  }
  await store.put(
    hospitalKey(hospital, 'current.json'),
    new TextEncoder().encode(JSON.stringify({ release: hash })),
  );
}

function assertHash(hash: string): void {
  if (hashSchema.safeParse(hash).success) return;
  const problem = 'is not the hash of a release';
  throw new InputError({
    code: 'bad-release-hash',
    input: 'release',
    problem,
    remedy: 'Give 64 hexadecimal digits',
  });
}
