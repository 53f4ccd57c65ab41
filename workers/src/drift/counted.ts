import type { Votes } from '@d-persona/shared/drift/votes.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';

/**
 * The same maps, counted on their way: only of the personas that the release's own statistics are of, so that both can
 * be compared; heads that a night added later are left out.
 *
 * @param personas ids in the order of the maps
 */
export function* counted(
  maps: Iterable<Float32Array>,
  personas: readonly string[],
  { reference }: Manifest,
  votes: Votes,
): Iterable<Float32Array> {
  const known = new Set(reference?.personas ?? personas);
  let index = 0;
  for (const map of maps) {
    if (known.has(personas[index++] as string)) votes.add(map);
    yield map;
  }
}
