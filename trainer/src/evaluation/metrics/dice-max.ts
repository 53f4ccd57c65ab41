import type { Matrix } from './pairwise.ts';
import { mean, onlyPresent, type Present } from './present.ts';

/** Best agreements in a Dice matrix, both directions; NaN where no rater is present. */
export interface DiceMax {
  /** Number of predictions N; `ofRaters` rises as N grows. */
  readonly n: number;
  /** Mean over the predictions of the Dice with their best rater: is every prediction plausible? */
  readonly ofPredictions: number;
  /** Mean over the raters of the Dice with their best prediction: is every rater covered? */
  readonly ofRaters: number;
}

/** @param dice raters × predictions (model.md, "Metrics"; D-Persona's figure 3). */
export function diceMax(dice: Matrix, present?: Present): DiceMax {
  const rows = onlyPresent(dice, present);
  const n = dice[0]?.length ?? 0;
  const best = Array.from({ length: n }, (_, p) => Math.max(...rows.map((row) => row[p] as number)));
  if (rows.length === 0 || n === 0) return { n, ofPredictions: Number.NaN, ofRaters: Number.NaN };
  return { n, ofPredictions: mean(best), ofRaters: mean(rows.map((row) => Math.max(...row))) };
}
