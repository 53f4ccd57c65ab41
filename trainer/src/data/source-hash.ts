import { createHash } from 'node:crypto';
import { byCodeUnits } from './source/source.ts';

export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * The fingerprint of a dataset: SHA-256 (hex) over the lines `<sha-256 of the file>  <path>`, sorted by path, as
 * `sha256sum` writes them. Paths are below the folder that holds the pictures, so that a folder and an archive of it
 * have the same.
 */
export function sourceSha256(digests: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256');
  for (const path of [...digests.keys()].sort(byCodeUnits)) hash.update(`${digests.get(path)}  ${path}\n`);
  return hash.digest('hex');
}
