import { canonicalJson } from '@d-persona/shared/release/canonical-json.ts';
import type { EncodedRelease } from '@d-persona/shared/release/encode-release.ts';
import { type Manifest, manifestSchema } from '@d-persona/shared/release/manifest.ts';
import { sha256 } from '@d-persona/shared/release/sha256.ts';

/** A release that expects other images: the same weights under another manifest. */
export async function withInput(
  release: EncodedRelease,
  changes: Partial<Manifest['input']>,
): Promise<EncodedRelease> {
  const input = { ...release.manifest.input, ...changes };
  const manifest = manifestSchema.parse({ ...release.manifest, input });
  const bytes = new TextEncoder().encode(canonicalJson(manifest));
  const files = new Map(release.files).set('manifest.json', bytes);
  return { hash: await sha256(bytes), manifest, files };
}
