import type { Spacing } from './volume.ts';

/** Spacings this near to each other are one: headers are rounded. */
const SAME = 0.01;

/**
 * The spacing that all slices get: square pixels, of the median size of the volumes' own.
 *
 * @param spacings of volumes; null where it is not known
 * @returns null where none is known
 */
export function commonSpacing(spacings: readonly (Spacing | null)[]): Spacing | null {
  const sides = spacings
    .flatMap((spacing) => (spacing === null ? [] : [Math.sqrt(spacing[0] * spacing[1])]))
    .sort((a, b) => a - b);
  const median = sides[sides.length >> 1];
  return median === undefined ? null : [median, median];
}

/** The size in pixels of `to` for a slice with pixels of `from`; its own size where they are the same. */
export function sizeAt(
  { height, width }: { readonly height: number; readonly width: number },
  from: Spacing | null,
  to: Spacing | null,
): { height: number; width: number } {
  if (
    from === null ||
    to === null ||
    from.every((side, i) => Math.abs(side / (to[i] as number) - 1) < SAME)
  ) {
    return { height, width };
  }
  return {
    height: Math.max(1, Math.round((height * from[0]) / to[0])),
    width: Math.max(1, Math.round((width * from[1]) / to[1])),
  };
}
