import { dice } from './pairwise.ts';
import { mean, onlyPresent, type Present } from './present.ts';

/** Levels at which the mean prediction and the mean rater mask are compared (model.md, "Metrics"). */
export const SOFT_THRESHOLDS = [0.1, 0.3, 0.5, 0.7, 0.9] as const;

/**
 * Dice of the mean prediction against the mean mask of the present raters, both cut at (≥) each threshold,
 * averaged over the thresholds. NaN where no rater is present.
 * @param meanPrediction H·W probabilities, or means of masks, in [0, 1].
 * @param raters R masks of H·W.
 */
export function diceSoft(
  meanPrediction: Float32Array | Float64Array,
  raters: readonly ArrayLike<number>[],
  present?: Present,
): number {
  const there = onlyPresent(raters, present);
  if (there.length === 0) return Number.NaN;
  const meanRater = meanMask(there);
  if (meanRater.length !== meanPrediction.length) {
    throw new Error(`the mean prediction has ${meanPrediction.length} pixels, the masks ${meanRater.length}`);
  }
  // A float32 mean of 7 in 10 is a hair below 0.7: it is compared with the threshold as float32 has it.
  const single = meanPrediction instanceof Float32Array;
  return mean(
    SOFT_THRESHOLDS.map((threshold) =>
      diceAtLevel(meanPrediction, single ? Math.fround(threshold) : threshold, meanRater, threshold),
    ),
  );
}

/** Pixelwise mean of masks of one length, in [0, 1]. */
export function meanMask(masks: readonly ArrayLike<number>[]): Float64Array {
  const out = new Float64Array(masks[0]?.length ?? 0);
  for (const mask of masks) {
    if (mask.length !== out.length) throw new Error(`masks of ${out.length} and of ${mask.length} pixels`);
    for (let p = 0; p < out.length; p++) out[p] = (out[p] as number) + (mask[p] === 0 ? 0 : 1);
  }
  for (let p = 0; p < out.length; p++) out[p] = (out[p] as number) / masks.length;
  return out;
}

function diceAtLevel(a: ArrayLike<number>, levelA: number, b: ArrayLike<number>, levelB: number): number {
  let shared = 0;
  let areaA = 0;
  let areaB = 0;
  for (let p = 0; p < a.length; p++) {
    const inA = (a[p] as number) >= levelA ? 1 : 0;
    const inB = (b[p] as number) >= levelB ? 1 : 0;
    areaA += inA;
    areaB += inB;
    shared += inA & inB;
  }
  return dice(shared, areaA, areaB);
}
