import type { Bound } from '../store/database.ts';

/**
 * Whether a row needs an object, as SQL: pixels of an annotation that was not withdrawn, or a file of a release. The
 * indexes of `0012_writes.sql` spell the keys the same.
 *
 * @param key an expression without affinity, so that the indexes on expressions are used
 */
export function isNamed(key: string): string {
  const ofAnnotations = (column: string, folder: string) =>
    `EXISTS (SELECT 1 FROM annotations WHERE withdrawn IS NULL
      AND 'annotations/' || hospital || '/${folder}/' || ${column} || '.png' = ${key})`;
  return `(${ofAnnotations('image', 'images')} OR ${ofAnnotations('mask', 'masks')}
    OR EXISTS (SELECT 1 FROM releases WHERE 'releases/' || release || '/manifest.json' = ${key})
    OR EXISTS (SELECT 1 FROM release_parts AS part WHERE part.key = ${key}))`;
}

/** For so long after an object was chosen to be erased nothing may name it: longer than any store takes to answer. */
export const ERASING_MS = 60_000;

/** SQL: none of the keys (a JSON array) is being erased. Values: the keys, {@link erasingSince}. */
export const NONE_ERASED = `NOT EXISTS (SELECT 1 FROM orphans
  WHERE key IN (SELECT value FROM json_each(?)) AND erasing > ?)`;

/** @param now milliseconds since 1970 */
export function erasingSince(now: number): string {
  return new Date(now - ERASING_MS).toISOString();
}

/** These objects are no orphans any more. Goes into the batch that writes the rows that name them. */
export function noOrphans(keys: readonly string[], now: number): Bound {
  return [
    `DELETE FROM orphans WHERE key IN (SELECT value FROM json_each(?)) AND (erasing IS NULL OR erasing <= ?)`,
    ...[JSON.stringify(keys), erasingSince(now)],
  ];
}
