import type { Random } from '@d-persona/shared/random.ts';
import type { Batch } from '../data/batch.ts';

/** What Stage I compares with: masks of one channel for each image, all [N,H,W,1] of 0 and 1. */
export interface Stage1Targets {
  /** y_r: the mask of a rater drawn at random for each image among those present. */
  readonly drawn: Float32Array;
  /** Pixels that any present rater outlined. */
  readonly union: Float32Array;
  /** Pixels that every present rater outlined. */
  readonly intersection: Float32Array;
}

/** Draws a rater for each image among those present. @returns N indices */
export function drawRaters({ present, size, raters }: Batch, random: Random): number[] {
  return Array.from({ length: size }, (_, n) => {
    const candidates = Array.from({ length: raters }, (_, r) => r).filter(
      (r) => present[n * raters + r] === 1,
    );
    return candidates[random.integer(candidates.length)] as number;
  });
}

/** Union, intersection and the drawn rater's mask of each image; missing raters count in none of them. */
export function stage1Targets(batch: Batch, drawnRaters: readonly number[]): Stage1Targets {
  const { masks, present, size, raters } = batch;
  const pixels = masks.length / (size * raters);
  const drawn = new Float32Array(size * pixels);
  const union = new Float32Array(size * pixels);
  const intersection = new Float32Array(size * pixels);
  for (let n = 0; n < size; n++) {
    const here = Array.from({ length: raters }, (_, r) => r).filter((r) => present[n * raters + r] === 1);
    for (let i = n * pixels; i < (n + 1) * pixels; i++) {
      drawn[i] = masks[i * raters + (drawnRaters[n] as number)] as number;
      union[i] = here.some((r) => masks[i * raters + r] === 1) ? 1 : 0;
      intersection[i] = here.every((r) => masks[i * raters + r] === 1) ? 1 : 0;
    }
  }
  return { drawn, union, intersection };
}
