import { dice } from './metrics/pairwise.ts';
import type { Present } from './metrics/present.ts';

/** The thresholds tried: 0.05 to 0.95 in steps of 0.005. */
const STEPS = 181;
const THRESHOLDS = Float64Array.from({ length: STEPS }, (_, step) => (10 + step) / 200);

/**
 * Finds one threshold a persona for a probability map that knows nothing of personas (a consensus U-Net's), by mean
 * Dice by identity on validation images. Ranks by area are nearly a dial for size, and this baseline is that dial:
 * what a persona must be measured against.
 *
 * Images stream by; of each only its Dice at every threshold is kept, so that the whole range is tried in one pass.
 */
export class ThresholdTuner {
  /** [persona][threshold] sum of Dice over the images in which that rater is present. */
  readonly #sums: readonly Float64Array[];

  constructor(personas: number) {
    this.#sums = Array.from({ length: personas }, () => new Float64Array(STEPS));
  }

  /**
   * @param probability H·W values in [0, 1].
   * @param raters one mask of H·W a persona, in the personas' order.
   */
  add(probability: Float32Array, raters: readonly ArrayLike<number>[], present?: Present): void {
    if (raters.length !== this.#sums.length) {
      throw new Error(`${raters.length} raters for ${this.#sums.length} personas`);
    }
    const levels = Uint8Array.from(probability, thresholdsReached);
    const areas = cumulate(levels, () => true);
    for (const [persona, sums] of this.#sums.entries()) {
      if (!(present?.[persona] ?? true)) continue;
      const mask = raters[persona] as ArrayLike<number>;
      const shared = cumulate(levels, (pixel) => mask[pixel] !== 0);
      const raterArea = shared[0] as number;
      for (let step = 0; step < STEPS; step++) {
        const value = dice(shared[step + 1] as number, areas[step + 1] as number, raterArea);
        sums[step] = (sums[step] as number) + value;
      }
    }
  }

  /** The best threshold of each persona; of equally good ones that nearest to 0.5 (also where no rater was seen). */
  thresholds(): number[] {
    return this.#sums.map((sums) => {
      const best = Math.max(...sums);
      const equallyGood = [...THRESHOLDS].filter((_, step) => best - (sums[step] as number) <= 1e-12);
      return equallyGood.reduce((a, b) => (Math.abs(b - 0.5) < Math.abs(a - 0.5) ? b : a));
    });
  }
}

/** The mask of the pixels whose probability is at least the threshold. */
export function applyThreshold(probability: Float32Array, threshold: number): Uint8Array {
  return Uint8Array.from(probability, (p) => (p >= threshold ? 1 : 0));
}

/** How many of the thresholds a probability reaches (≥), 0 to {@link STEPS}. */
function thresholdsReached(probability: number): number {
  let reached = Math.min(Math.max(Math.floor(probability * 200) - 9, 0), STEPS);
  // the product may round over a threshold that the comparison is just on the other side of
  while (reached < STEPS && probability >= (THRESHOLDS[reached] as number)) reached++;
  while (reached > 0 && probability < (THRESHOLDS[reached - 1] as number)) reached--;
  return reached;
}

/** At index n, how many of the chosen pixels reach at least n thresholds. */
function cumulate(levels: Uint8Array, chosen: (pixel: number) => boolean): Float64Array {
  const counts = new Float64Array(STEPS + 1);
  for (let p = 0; p < levels.length; p++) {
    if (chosen(p)) counts[levels[p] as number] = (counts[levels[p] as number] as number) + 1;
  }
  for (let n = STEPS - 1; n >= 0; n--) counts[n] = (counts[n] as number) + (counts[n + 1] as number);
  return counts;
}
