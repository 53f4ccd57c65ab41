import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import { getBytes, type ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { loadRelease, manifestKey, partKey } from '@d-persona/shared/release/store.ts';

/** A release as it is stored, verified. @throws ReleaseError that names the file */
export async function readRelease(store: ObjectStore, hash: string): Promise<EncodedRelease> {
  const { manifest } = await loadRelease(store, hash, servingSpecs);
  const keys = Object.entries(manifest.parts).map(
    ([part, { sha256 }]) => [part, partKey(sha256, part)] as const,
  );
  const files = new Map<string, Uint8Array>();
  for (const [file, key] of [...keys, ['manifest.json', manifestKey(hash)] as const]) {
    files.set(file, (await getBytes(store, key)) as Uint8Array);
  }
  return { hash, manifest, files };
}
