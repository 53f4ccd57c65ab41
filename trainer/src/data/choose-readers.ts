import type { DataOptions } from './options.ts';
import type { PersonaKind } from './sample.ts';

/** Images by how many of the R readers are present. */
export interface Completeness {
  /** Images with at least one reader. */
  readonly any: number;
  /** Images with all readers, and their patients. */
  readonly complete: number;
  readonly completePatients: number;
}

/** Share of the images that complete ones must make up for the others to be left out. */
const ENOUGH = 0.1;

/**
 * Whether only images with all readers are taken. By default: for people never, since a missing reader says nothing of
 * the others; for ranks always (the k-th of four masks is another thing than the k-th of two), unless too few images
 * would be left.
 */
export function onlyComplete(
  readers: DataOptions['readers'],
  kind: PersonaKind,
  found: Completeness,
): boolean {
  if (readers !== 'auto') return readers === 'complete';
  if (kind === 'person') return false;
  return found.completePatients >= 3 && found.complete >= ENOUGH * found.any;
}
