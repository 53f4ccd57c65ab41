import { getBytes, type ObjectStore } from './object-store.ts';
import { ReleaseError } from './release-error.ts';
import { runningSha256 } from './running-sha256.ts';
import { sha256 } from './sha256.ts';

/** What a manifest says of a part. */
export interface ExpectedPart {
  readonly sha256: string;
  readonly bytes: number;
}

/**
 * The verified bytes of a part. From a store that streams, each chunk goes to its place and is hashed as it comes, so
 * that the part is in memory once, and what is too long is refused before it is read.
 *
 * @returns bytes aligned to 4
 * @throws ReleaseError `release-incomplete`, `release-truncated`, `release-altered`
 */
export async function readPart(
  store: ObjectStore,
  key: string,
  expected: ExpectedPart,
): Promise<Uint8Array<ArrayBuffer>> {
  if (store.open === undefined) return wholePart(await getBytes(store, key), key, expected);
  const chunks = await store.open(key);
  if (chunks === null) throw missing(key);
  const bytes = new Uint8Array(expected.bytes);
  const hash = runningSha256();
  let length = 0;
  for await (const chunk of chunks) {
    if (length + chunk.length > bytes.length) throw ofAnotherLength(key, 'more', expected);
    bytes.set(chunk, length);
    length += chunk.length;
    await hash.add(chunk);
  }
  if (length < bytes.length) throw ofAnotherLength(key, String(length), expected);
  if ((await hash.digest()) !== expected.sha256) throw altered(key);
  return bytes;
}

async function wholePart(
  bytes: Uint8Array | null,
  key: string,
  expected: ExpectedPart,
): Promise<Uint8Array<ArrayBuffer>> {
  if (bytes === null) throw missing(key);
  if (bytes.length !== expected.bytes) throw ofAnotherLength(key, String(bytes.length), expected);
  if ((await sha256(bytes)) !== expected.sha256) throw altered(key);
  return bytes.byteOffset % 4 === 0 ? (bytes as Uint8Array<ArrayBuffer>) : new Uint8Array(bytes);
}

const AGAIN = 'Copy or publish the release again';

function missing(key: string): ReleaseError {
  return new ReleaseError('release-incomplete', key, 'is not there', AGAIN);
}

function ofAnotherLength(key: string, has: string, { bytes }: ExpectedPart): ReleaseError {
  const problem = `has ${has} bytes, where the manifest says ${bytes}`;
  return new ReleaseError('release-truncated', key, problem, AGAIN);
}

function altered(key: string): ReleaseError {
  const problem = 'does not have the SHA-256 that the manifest says: it was altered';
  return new ReleaseError('release-altered', key, problem, AGAIN);
}
