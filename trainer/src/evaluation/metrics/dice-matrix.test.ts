import { describe, expect, it } from 'vitest';
import { diceMatch } from './dice-match.ts';
import { diceMax } from './dice-max.ts';

/** Raters A to D × predictions 1 to 6, in the manner of the paper's figure 3; results worked out by hand. */
const figure = [
  [0.9, 0.8, 0.3, 0.2, 0.5, 0.1],
  [0.85, 0.6, 0.4, 0.3, 0.5, 0.2],
  [0.7, 0.5, 0.75, 0.6, 0.4, 0.3],
  [0.2, 0.3, 0.8, 0.65, 0.45, 0.7],
];
const withoutB = [true, false, true, true];

describe('a 4 × 6 Dice matrix', () => {
  it('Dice_max: the best rater of each prediction, the best prediction of each rater', () => {
    // columns: (0.90 + 0.80 + 0.80 + 0.65 + 0.50 + 0.70) / 6; rows: (0.90 + 0.85 + 0.75 + 0.80) / 4
    const max = diceMax(figure);
    expect(max.n).toBe(6);
    expect(max.ofPredictions).toBeCloseTo(0.725, 12);
    expect(max.ofRaters).toBeCloseTo(0.825, 12);
  });

  it('Dice_match: A and B both want 1, C and D both want 3; the best pairing gives A 2 and D 6', () => {
    // (0.80 + 0.85 + 0.75 + 0.70) / 4; taking the largest first (A1, D3, B2, C4) would give 0.725
    const match = diceMatch(figure);
    expect(match.n).toBe(6);
    expect(match.mean).toBeCloseTo(0.775, 12);
    expect([...match.pairs].sort(([a], [b]) => a - b)).toEqual([
      [0, 1],
      [1, 0],
      [2, 2],
      [3, 5],
    ]);
  });

  it('leaves a missing rater out', () => {
    expect(diceMax(figure, withoutB).ofRaters).toBeCloseTo((0.9 + 0.75 + 0.8) / 3, 12);
    const match = diceMatch(figure, withoutB); // A takes 1 now
    expect(match.mean).toBeCloseTo((0.9 + 0.75 + 0.7) / 3, 12);
    expect(match.pairs.map(([rater]) => rater).sort()).toEqual([0, 2, 3]);
  });

  it('of no rater is not a number', () => {
    const nobody = [false, false, false, false];
    expect(diceMax(figure, nobody)).toEqual({ n: 6, ofPredictions: Number.NaN, ofRaters: Number.NaN });
    expect(diceMatch(figure, nobody)).toEqual({ n: 6, mean: Number.NaN, pairs: [] });
  });
});
