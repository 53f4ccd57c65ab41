import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { ReleaseError } from '@d-persona/shared/release/release-error.ts';
import { loadManifest, manifestKey, partKey } from '@d-persona/shared/release/store.ts';
import { z } from 'zod';
import type { AnnotationStores } from '../annotation/annotation-writes.ts';
import { erasingSince, NONE_ERASED, noOrphans } from '../reconcile/named-objects.ts';
import type { Bound } from '../store/database.ts';
import type { ErasableStore } from '../store/r2-store.ts';

export interface NewRelease {
  readonly hospital: string;
  readonly release: string;
}

export type ReleaseOutcome =
  | { readonly kind: 'done' }
  /** Its files are missing or altered. */
  | { readonly kind: 'broken-release' }
  /** Some of its files are just being erased, or the hospital is gone. */
  | { readonly kind: 'not-now' }
  /** The stores do not answer. */
  | { readonly kind: 'unavailable' };

/** Lists a release for a hospital, if every file of it is there. */
export async function addRelease(
  { sql, store, now }: AnnotationStores,
  { hospital, release }: NewRelease,
): Promise<ReleaseOutcome> {
  const manifest = await wholeRelease(store, release);
  if (manifest === null) return { kind: 'broken-release' };
  const at = now();
  const keys = [...partKeys(manifest), manifestKey(release)];
  await sql.write(
    [
      `INSERT INTO releases (hospital, release, added) SELECT ?, ?, ?
        WHERE ${NONE_ERASED} AND EXISTS (SELECT 1 FROM hospitals WHERE id = ? AND removed IS NULL)
        ON CONFLICT DO NOTHING`,
      ...[hospital, release, new Date(at).toISOString(), JSON.stringify(keys), erasingSince(at), hospital],
    ],
    partsOf(release, manifest),
    noOrphans(keys, at),
  );
  const listed = await sql.row(
    z.object({ release: z.string() }),
    'SELECT release FROM releases WHERE hospital = ? AND release = ?',
    ...([hospital, release] as const),
  );
  return { kind: listed === null ? 'not-now' : 'done' };
}

/** Which objects a release needs beside its manifest. */
export function partKeys({ parts }: Manifest): string[] {
  return Object.entries(parts).map(([part, { sha256 }]) => partKey(sha256, part));
}

/** Notes which objects a listed release needs. */
export function partsOf(release: string, manifest: Manifest): Bound {
  return [
    `INSERT INTO release_parts (release, key) SELECT ?, value FROM json_each(?)
      WHERE EXISTS (SELECT 1 FROM releases WHERE release = ?) ON CONFLICT DO NOTHING`,
    ...[release, JSON.stringify(partKeys(manifest)), release],
  ];
}

/** The manifest, if it is sound and every part of it is there, or null: half a release is never promoted. */
export async function wholeRelease(store: ErasableStore, release: string): Promise<Manifest | null> {
  const manifest = await soundManifest(store, release);
  if (manifest === null) return null;
  for (const key of partKeys(manifest)) if (!(await store.has(key))) return null;
  return manifest;
}

/** The manifest, or null where it is missing or altered. */
export async function soundManifest(store: ObjectStore, release: string): Promise<Manifest | null> {
  try {
    return await loadManifest(store, release, servingSpecs);
  } catch (error) {
    if (error instanceof ReleaseError) return null;
    throw error;
  }
}
