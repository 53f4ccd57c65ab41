import { munkres } from 'munkres';
import type { Matrix } from './pairwise.ts';
import { mean, onlyPresent, type Present } from './present.ts';

/** Mean Dice of the best one-to-one pairing of raters and predictions; NaN where there is no pair. */
export interface DiceMatch {
  /** Number of predictions N to choose from. */
  readonly n: number;
  readonly mean: number;
  /** The pairs [rater, prediction], indices into the matrix; as many as the smaller side has. */
  readonly pairs: readonly (readonly [rater: number, prediction: number])[];
}

/**
 * Optimal (Hungarian) matching: the pairing of largest total Dice.
 * It tells how well raters *could* be told apart if predictions were named afterwards; it is no measure of
 * personalisation, for which see dicePersona.
 * @param dice raters × predictions.
 */
export function diceMatch(dice: Matrix, present?: Present): DiceMatch {
  const raters = onlyPresent(
    dice.map((_, index) => index),
    present,
  );
  const n = dice[0]?.length ?? 0;
  if (raters.length === 0 || n === 0) return { n, mean: Number.NaN, pairs: [] };
  const costs = raters.map((rater) => (dice[rater] as readonly number[]).map((value) => 1 - value));
  const pairs = munkres(costs).map(([row, prediction]) => [raters[row] as number, prediction] as const);
  return { n, mean: mean(pairs.map(([rater, p]) => dice[rater]?.[p] as number)), pairs };
}
