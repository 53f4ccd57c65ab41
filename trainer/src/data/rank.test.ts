import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankByArea, ranksOfSome } from './rank.ts';

describe('rankByArea', () => {
  it('puts the smallest first and keeps ties in order', () => {
    expect(rankByArea([30, 10, 30, 20, 10])).toEqual([1, 4, 3, 0, 2]);
  });
});

describe('ranksOfSome', () => {
  it.each([
    [4, 4, [0, 1, 2, 3]],
    [3, 4, [0, 1, 3]],
    [2, 4, [1, 2]],
    [1, 4, [1]],
    [1, 3, [1]],
    [2, 3, [0, 2]],
    [2, 6, [1, 4]],
  ])('%i of %i', (k, ranks, expected) => {
    expect(ranksOfSome(k, ranks)).toEqual(expected);
  });

  it('never gives two masks one rank', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 1, max: 32 }), (a, b) => {
        const [k, ranks] = [Math.min(a, b), Math.max(a, b)];
        const given = ranksOfSome(k, ranks);
        expect(new Set(given).size).toBe(k);
        expect(given).toEqual([...given].sort((x, y) => x - y));
        expect(Math.min(...given)).toBeGreaterThanOrEqual(0);
        expect(Math.max(...given)).toBeLessThan(ranks);
      }),
    );
  });
});
