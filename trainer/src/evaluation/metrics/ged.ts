import type { PackedMasks } from './packed-masks.ts';
import { iouDistanceMatrix, type Matrix } from './pairwise.ts';
import { mean, onlyPresent, type Present } from './present.ts';

/** Generalised energy distance of a set of predictions and a set of raters; all values need N to be read. */
export interface Ged {
  /** Number of predictions N: the paper's estimator falls as N grows. */
  readonly n: number;
  /** With the i = j pairs (a biased estimator, the one in the papers), at least 0. */
  readonly paper: number;
  /** Without the i = j pairs; it can be below 0, and is NaN where either side has one mask only. */
  readonly unbiased: number;
  /** Mean distance of two different predictions; NaN where N is 1. */
  readonly diversity: number;
  /** Mean distance of two different raters; NaN where only one is present. */
  readonly raterDiversity: number;
}

/**
 * GED = 2·E[d(ŷ,y)] − E[d(ŷ,ŷ')] − E[d(y,y')], d = 1 − IoU (Kohl et al. 2018, equation 3; both estimators).
 * NaN throughout where no rater is present.
 */
export function ged(predictions: PackedMasks, raters: PackedMasks, present?: Present): Ged {
  const there = onlyPresent(
    raters.areas.map((_, index) => index),
    present,
  );
  const betweenRaters = pick(iouDistanceMatrix(raters, raters), there, there);
  const betweenPredictions = iouDistanceMatrix(predictions, predictions);
  const across = iouDistanceMatrix(predictions, raters).map((row) =>
    mean(there.map((r) => row[r] as number)),
  );
  const cross = 2 * mean(across);
  const diversity = meanOfDifferent(betweenPredictions);
  const raterDiversity = meanOfDifferent(betweenRaters);
  return {
    n: predictions.count,
    paper: cross - mean(betweenPredictions.flat()) - mean(betweenRaters.flat()),
    unbiased: cross - diversity - raterDiversity,
    diversity,
    raterDiversity,
  };
}

function pick(matrix: Matrix, rows: readonly number[], columns: readonly number[]): Matrix {
  return rows.map((r) => columns.map((c) => matrix[r]?.[c] as number));
}

/** Mean over the pairs i ≠ j; NaN where there is none. */
function meanOfDifferent(matrix: Matrix): number {
  return mean(matrix.flatMap((row, i) => row.filter((_, j) => j !== i)));
}
