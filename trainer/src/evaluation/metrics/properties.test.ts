import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { diceMatch } from './dice-match.ts';
import { diceMax } from './dice-max.ts';
import { dicePersona } from './dice-persona.ts';
import { diceSoft, meanMask } from './dice-soft.ts';
import { ged } from './ged.ts';
import { overlap, packMasks } from './packed-masks.ts';
import { diceMatrix, iouDistanceMatrix } from './pairwise.ts';

const PIXELS = 70; // not a multiple of 32
const maskOf = (pixels: number) =>
  fc.uint8Array({ minLength: pixels, maxLength: pixels, max: 1 }).map((mask) => Uint8Array.from(mask));
const masks = (minLength: number, maxLength: number) => fc.array(maskOf(PIXELS), { minLength, maxLength });

/** Mean over the best injective assignment of the smaller side into the larger, by trying all of them. */
function bruteForceMatch(dice: number[][]): number {
  const rows = dice.length;
  const columns = dice[0]?.length ?? 0;
  const wide = rows <= columns ? dice : dice[0]?.map((_, c) => dice.map((row) => row[c] as number));
  const best = (row: number, used: number): number => {
    if (wide === undefined || row === wide.length) return 0;
    let most = Number.NEGATIVE_INFINITY;
    for (const [c, value] of (wide[row] as number[]).entries()) {
      if ((used & (1 << c)) === 0) most = Math.max(most, value + best(row + 1, used | (1 << c)));
    }
    return most;
  };
  return best(0, 0) / Math.min(rows, columns);
}

describe('packed masks', () => {
  it('count areas and overlaps as a plain loop does, for every length', () => {
    const pair = fc.integer({ min: 1, max: 100 }).chain((n) => fc.tuple(maskOf(n), maskOf(n)));
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const packed = packMasks([a, b]);
        expect(packed.areas).toEqual([a, b].map((m) => m.reduce((sum, v) => sum + v, 0)));
        expect(overlap(packed, 0, packed, 1)).toBe(a.reduce((sum, v, p) => sum + v * (b[p] as number), 0));
      }),
    );
  });

  it('refuse masks of different sizes', () => {
    expect(() => packMasks([new Uint8Array(4), new Uint8Array(5)])).toThrow('mask 1 has 5 pixels');
    const [small, large] = [packMasks([new Uint8Array(4)]), packMasks([new Uint8Array(5)])];
    expect(() => diceMatrix(small, large)).toThrow('masks of 4 and of 5 pixels');
  });
});

describe('Dice and distance', () => {
  it('are symmetric, in [0, 1], 1 and 0 of a mask with itself, and agree: Dice = 2(1 − d) / (2 − d)', () => {
    fc.assert(
      fc.property(masks(1, 5), masks(1, 5), (first, second) => {
        const [a, b] = [packMasks(first), packMasks(second)];
        const dice = diceMatrix(a, b);
        const distance = iouDistanceMatrix(a, b);
        const [diceBack, distanceBack] = [diceMatrix(b, a), iouDistanceMatrix(b, a)];
        for (const [i, row] of dice.entries()) {
          for (const [j, value] of row.entries()) {
            const d = distance[i]?.[j] as number;
            expect(value).toBe(diceBack[j]?.[i]);
            expect(d).toBe(distanceBack[j]?.[i]);
            expect(value).toBeGreaterThanOrEqual(0);
            expect(value).toBeLessThanOrEqual(1);
            expect(value).toBeCloseTo((2 * (1 - d)) / (2 - d), 12);
          }
        }
        expect(iouDistanceMatrix(a, a).map((row, i) => row[i])).toEqual(first.map(() => 0));
      }),
    );
  });

  it('two empty masks agree', () => {
    const empty = packMasks([new Uint8Array(9), new Uint8Array(9)]);
    expect(diceMatrix(empty, empty).flat()).toEqual([1, 1, 1, 1]);
    expect(iouDistanceMatrix(empty, empty).flat()).toEqual([0, 0, 0, 0]);
  });
});

describe('GED', () => {
  it('is 0 of the raters with themselves, never below 0, and unmoved by order', () => {
    fc.assert(
      fc.property(masks(2, 6), masks(2, 4), (first, second) => {
        const [predictions, raters] = [packMasks(first), packMasks(second)];
        expect(ged(raters, raters).paper).toBeCloseTo(0, 12);
        const result = ged(predictions, raters);
        // IoU is a positive definite kernel, so that the paper's estimator cannot be negative
        expect(result.paper).toBeGreaterThan(-1e-12);
        expect(result.unbiased).toBeLessThanOrEqual(result.paper + 1e-12);
        const turned = ged(packMasks([...first].reverse()), packMasks([...second].reverse()));
        expect(turned.paper).toBeCloseTo(result.paper, 12);
        expect(turned.unbiased).toBeCloseTo(result.unbiased, 12);
        expect(turned.diversity).toBeCloseTo(result.diversity, 12);
      }),
    );
  });

  it('cannot be estimated without pairs from one rater, one prediction, or nobody', () => {
    const two = packMasks([Uint8Array.of(1, 1, 0), Uint8Array.of(0, 1, 1)]);
    const one = packMasks([Uint8Array.of(1, 1, 0)]);
    const single = ged(two, two, [true, false]); // distances 0 and 2/3 to the rater, 2/3 between the predictions
    expect(single.paper).toBeCloseTo(2 * (1 / 3) - (2 * (2 / 3)) / 4, 12);
    expect(single.diversity).toBeCloseTo(2 / 3, 12);
    expect([single.unbiased, single.raterDiversity]).toEqual([Number.NaN, Number.NaN]);
    expect(ged(one, two).diversity).toBeNaN();
    expect(ged(two, two, [false, false]).paper).toBeNaN();
  });
});

describe('Dice_match', () => {
  it('is the best of all pairings, up to 6 × 6', () => {
    const matrix = fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 6 }))
      .chain(([rows, columns]) =>
        fc.array(
          fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: columns, maxLength: columns }),
          { minLength: rows, maxLength: rows },
        ),
      );
    fc.assert(
      fc.property(matrix, (dice) => {
        const match = diceMatch(dice);
        expect(match.mean).toBeCloseTo(bruteForceMatch(dice), 12);
        expect(new Set(match.pairs.map(([rater]) => rater)).size).toBe(match.pairs.length);
        expect(new Set(match.pairs.map(([, prediction]) => prediction)).size).toBe(match.pairs.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('metrics against raters', () => {
  it('order of the predictions and of absent raters does not count; match ≤ max; identity ≤ match', () => {
    fc.assert(
      fc.property(masks(4, 4), masks(4, 4), fc.nat(3), (first, second, absent) => {
        const present = [0, 1, 2, 3].map((r) => r !== absent);
        const [predictions, raters] = [packMasks(first), packMasks(second)];
        const scribbled = second.map((mask, r) => (r === absent ? new Uint8Array(PIXELS).fill(1) : mask));
        const matrix = diceMatrix(raters, predictions);
        const other = diceMatrix(packMasks(scribbled), packMasks([...first].reverse()));
        const [max, match] = [diceMax(matrix, present), diceMatch(matrix, present)];
        expect(diceMax(other, present).ofRaters).toBeCloseTo(max.ofRaters, 12);
        expect(diceMax(other, present).ofPredictions).toBeCloseTo(max.ofPredictions, 12);
        expect(diceMatch(other, present).mean).toBeCloseTo(match.mean, 12);
        expect(match.mean).toBeLessThanOrEqual(max.ofRaters + 1e-12);
        const identity = dicePersona(predictions, raters, present);
        expect(identity[absent]).toBeNaN();
        const known = identity.filter((value) => !Number.isNaN(value));
        expect(known.reduce((sum, value) => sum + value, 0) / 3).toBeLessThanOrEqual(match.mean + 1e-12);
        const soft = diceSoft(meanMask(first), second, present);
        expect(diceSoft(meanMask([...first].reverse()), scribbled, present)).toBe(soft);
        expect(soft).toBeGreaterThanOrEqual(0);
        expect(soft).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('Dice_soft of the raters with themselves is 1, also where a threshold is hit exactly (7 of 10)', () => {
    const raters = Array.from({ length: 10 }, (_, r) => Uint8Array.of(r < 7 ? 1 : 0, r < 3 ? 1 : 0, 1, 0));
    expect(diceSoft(meanMask(raters), raters)).toBe(1);
    expect(diceSoft(Float32Array.from(meanMask(raters)), raters)).toBe(1);
    expect(diceSoft(Float32Array.of(0.69, 0.3, 1, 0), raters)).toBeLessThan(1);
  });

  it('a persona answers for its own rater only', () => {
    const masksOf = [Uint8Array.of(1, 1, 0, 0), Uint8Array.of(0, 0, 1, 1)];
    const packed = packMasks(masksOf);
    const swapped = packMasks([...masksOf].reverse());
    expect(dicePersona(packed, packed)).toEqual([1, 1]);
    expect(dicePersona(swapped, packed)).toEqual([0, 0]);
    expect(diceMatch(diceMatrix(packed, swapped)).mean).toBe(1);
    expect(() => dicePersona(packMasks(masksOf.slice(1)), packed)).toThrow('1 personas cannot answer for 2');
  });
});
