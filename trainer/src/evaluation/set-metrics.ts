import { diceMatch } from './metrics/dice-match.ts';
import { diceMax } from './metrics/dice-max.ts';
import { diceSoft, meanMask } from './metrics/dice-soft.ts';
import { ged } from './metrics/ged.ts';
import { packMasks } from './metrics/packed-masks.ts';
import { diceMatrix } from './metrics/pairwise.ts';
import type { SetMetrics } from './table.ts';

/** The metrics of a set of predictions on one image; NaN where one cannot be told. */
export type SetValues = Readonly<Record<keyof SetMetrics, number>>;

/** The masks of an image's raters, absent ones too, and which of them are real. */
export interface RaterMasks {
  readonly raters: readonly Uint8Array[];
  readonly present: readonly boolean[];
}

/**
 * @param predictions N masks of H·W.
 * @param meanPrediction their mean probability, H·W; the mean of the masks if left out.
 */
export function setMetrics(
  predictions: readonly Uint8Array[],
  { raters, present }: RaterMasks,
  meanPrediction: Float32Array | Float64Array = meanMask(predictions),
): SetValues {
  const packedPredictions = packMasks(predictions);
  const packedRaters = packMasks(raters);
  const dice = diceMatrix(packedRaters, packedPredictions);
  const energy = ged(packedPredictions, packedRaters, present);
  const max = diceMax(dice, present);
  return {
    n: predictions.length,
    gedPaper: energy.paper,
    gedUnbiased: energy.unbiased,
    diversity: energy.diversity,
    diceSoft: diceSoft(meanPrediction, raters, present),
    diceMaxOfPredictions: max.ofPredictions,
    diceMaxOfRaters: max.ofRaters,
    diceMatch: diceMatch(dice, present).mean,
  };
}
