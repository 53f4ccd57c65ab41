import { describe, expect, test } from 'vitest';
import { distanceOf } from './distance.ts';
import { BINS, binOf, histogramsOf } from './histogram.ts';
import { rangeStatistics, shapeStatistics } from './image-statistics.ts';
import { Votes } from './votes.ts';

describe('histograms', () => {
  test('values fall into equal bins of their range; what lies beyond, into the outermost', () => {
    expect([0, 0.04999, 0.05, 0.999, 1, 7, -7].map((value) => binOf('brightness', value))).toEqual([
      0, 0, 1, 19, 19, 19, 0,
    ]);
    expect(binOf('skewness', 0)).toBe(BINS / 2);
    // A tenth of a tenth of the pixels: √0.01 = 0.1.
    expect(binOf('area', 0.01)).toBe(2);
  });

  test('count what is there, and leave out what is no number', () => {
    const { area, contrast } = histogramsOf([
      { area: 0 },
      { area: 1 },
      { area: Number.NaN },
      { contrast: 0.1 },
    ]);
    expect(area).toEqual([1, ...Array(BINS - 2).fill(0), 1]);
    expect(contrast?.[4]).toBe(1);
  });
});

describe('an image', () => {
  // 2 × 3: a row of 0, 51, 255 and a row of 255s.
  const image = {
    height: 2,
    width: 3,
    channels: 1 as const,
    data: Uint8Array.from([0, 51, 255, 255, 255, 255]),
  };

  test('has the mean and deviation of what of the crop lies on it', () => {
    const { brightness, contrast } = rangeStatistics(image, { top: -5, left: 0, height: 6, width: 2 });
    expect(brightness).toBeCloseTo(0.1); // of 0 and 0.2
    expect(contrast).toBeCloseTo(0.1);
    expect(rangeStatistics(image, { top: 5, left: 0, height: 2, width: 2 })).toEqual({});
  });

  test('without a range of values has neither', () => {
    const hounsfield = { ...image, data: Float32Array.from(image.data) };
    expect(rangeStatistics(hounsfield, { top: 0, left: 0, height: 2, width: 3 })).toEqual({});
  });

  test('has steps between neighbours of a row and channel, and a skewness', () => {
    const data = Float32Array.from([-1, 1, 1, 2]); // two rows of two
    expect(shapeStatistics({ data, width: 2, channels: 1 })).toEqual({ roughness: 1.5, skewness: 9 / 4 });
    // One row of two pixels of two channels: −1 to 1, and 1 to 2.
    expect(shapeStatistics({ data, width: 2, channels: 2 }).roughness).toBe(1.5);
  });
});

test('personas that draw the same agree; those that share nothing disagree wholly', () => {
  const of = (...maps: number[][]) => {
    const votes = new Votes();
    for (const map of maps) votes.add(map);
    return votes.observed();
  };
  expect(of([0.9, 0.5, 0.1, 0], [1, 1, 0, 0])).toEqual({ area: 0.5, disagreement: 0 });
  expect(of([1, 0, 0, 0], [0, 1, 0, 0])).toEqual({ area: 0.5, disagreement: 1 });
  // Dice of {1,2} and {2,3}: 2·1 / 4.
  expect(of([1, 1, 0, 0], [0, 1, 1, 0]).disagreement).toBeCloseTo(0.5);
  expect(of([0, 0], [0, 0])).toEqual({ area: 0, disagreement: 0 });
  expect(of([1, 1])).toEqual({});
});

test('the distance is the largest gap of the cumulative shares, whatever the numbers', () => {
  expect(distanceOf([5, 0, 0], [0, 0, 9])?.distance).toBeCloseTo(1);
  expect(distanceOf([1, 1, 2], [10, 10, 20])?.distance).toBeCloseTo(0);
  const some = distanceOf([2, 2, 0], [1, 1, 2]); // 0.5 against 0.25, 1 against 0.5
  expect(some?.distance).toBeCloseTo(0.5);
  expect(distanceOf([0, 0], [1, 1])).toBeNull();
  // 100 of each: Knuth's table has 1.95 √(2/100) = 0.2757 for 0.1 %.
  expect(distanceOf([100], [100])?.chance).toBeCloseTo(0.2757, 3);
});
