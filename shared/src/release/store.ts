import { z } from 'zod';
import { InputError } from '../errors.ts';
import { decodeManifest, decodePart, type Release, type SpecsFor } from './decode-release.ts';
import type { EncodedRelease, PlainTensor } from './encode-release.ts';
import { hospitalKey } from './hospital.ts';
import { hashSchema } from './manifest.ts';
import { getBytes, type ObjectStore } from './object-store.ts';
import { ReleaseError } from './release-error.ts';

/** The key of a release's file. */
export function releaseKey(hash: string, file: string): string {
  return `releases/${hash}/${file}`;
}

/**
 * Loads a release and verifies every byte of it. Parts come one after the other, so that no more than one is in
 * memory beside the decoded weights.
 *
 * @throws ReleaseError that names the file; InputError `bad-release-hash`.
 */
export async function loadRelease(store: ObjectStore, hash: string, specsFor: SpecsFor): Promise<Release> {
  assertHash(hash);
  const manifestKey = releaseKey(hash, 'manifest.json');
  const manifestBytes = await getBytes(store, manifestKey);
  if (!manifestBytes) {
    throw new ReleaseError(
      'release-missing',
      manifestKey,
      'is not there',
      'Publish the release, or give another hash',
    );
  }
  const manifest = await decodeManifest(manifestBytes, hash, specsFor, manifestKey);
  const weights = new Map<string, PlainTensor>();
  for (const part of Object.keys(manifest.parts).sort()) {
    const key = releaseKey(hash, part);
    const bytes = await getBytes(store, key);
    if (!bytes) {
      throw new ReleaseError('release-incomplete', key, 'is not there', 'Copy or publish the release again');
    }
    for (const [name, tensor] of await decodePart(manifest, part, bytes, key)) weights.set(name, tensor);
  }
  return { hash, manifest, weights };
}

/**
 * Stores a release: parts first, the manifest last, so that a release is there wholly or not at all. What is there
 * already with the same bytes is left alone; nothing is ever replaced.
 *
 * @throws ReleaseError `release-conflict` where other bytes are stored under one of its keys.
 */
export async function publishRelease(store: ObjectStore, { hash, files }: EncodedRelease): Promise<void> {
  const last = (file: string) => (file === 'manifest.json' ? 1 : 0);
  for (const [file, bytes] of [...files].sort(([a], [b]) => last(a) - last(b))) {
    const key = releaseKey(hash, file);
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
  const manifest = releaseKey(hash, 'manifest.json');
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
