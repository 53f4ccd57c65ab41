import { overlap, type PackedMasks } from './packed-masks.ts';
import { dice } from './pairwise.ts';
import type { Present } from './present.ts';

/**
 * Dice of persona r with rater r, **by identity**: the personalisation number.
 * @returns R values; NaN where rater r did not outline this image.
 * @throws Error where the numbers of personas and raters differ.
 */
export function dicePersona(personas: PackedMasks, raters: PackedMasks, present?: Present): number[] {
  if (personas.count !== raters.count) {
    throw new Error(`${personas.count} personas cannot answer for ${raters.count} raters`);
  }
  return raters.areas.map((area, r) =>
    (present?.[r] ?? true)
      ? dice(overlap(personas, r, raters, r), personas.areas[r] as number, area)
      : Number.NaN,
  );
}
