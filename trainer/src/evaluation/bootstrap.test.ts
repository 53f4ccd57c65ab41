import { Random } from '@d-persona/shared/random.ts';
import { describe, expect, it } from 'vitest';
import { bootstrapDifference, bootstrapMean, type Estimate } from './bootstrap.ts';

const options = { seed: 5 };

function width({ low, high }: Estimate): number {
  return (high as number) - (low as number);
}

/** 40 patients of 5 images, a patient's own level (σ = 1) plus the image's noise (σ = 0.1). */
function clustered(): { values: number[]; patients: string[] } {
  const random = new Random(1);
  const levels = random.gaussians(40);
  const values = [...levels].flatMap((level) =>
    Array.from({ length: 5 }, () => level + 0.1 * random.gaussian()),
  );
  return { values, patients: values.map((_, index) => `patient ${Math.floor(index / 5)}`) };
}

describe('bootstrap over patients', () => {
  it('has about the interval that theory gives: ±1.96 σ / √patients', () => {
    const { values, patients } = clustered();
    const estimate = bootstrapMean(values, patients, options);
    const means = Array.from(
      { length: 40 },
      (_, p) => values.slice(5 * p, 5 * p + 5).reduce((a, b) => a + b) / 5,
    );
    const mean = means.reduce((a, b) => a + b) / 40;
    const sigma = Math.sqrt(means.reduce((sum, v) => sum + (v - mean) ** 2, 0) / 40);
    expect(estimate.mean).toBeCloseTo(mean, 12);
    expect(width(estimate) / ((2 * 1.96 * sigma) / Math.sqrt(40))).toBeGreaterThan(0.9);
    expect(width(estimate) / ((2 * 1.96 * sigma) / Math.sqrt(40))).toBeLessThan(1.1);
    expect([estimate.images, estimate.patients]).toEqual([200, 40]);
  });

  it('is wider than if the images were taken for independent', () => {
    const { values, patients } = clustered();
    const independent = bootstrapMean(values, values.map(String), options);
    expect(width(bootstrapMean(values, patients, options))).toBeGreaterThan(1.5 * width(independent));
  });

  it('weights images, not patients, in its mean', () => {
    expect(bootstrapMean([1, 1, 1, 0], ['a', 'a', 'a', 'b'], options).mean).toBe(0.75);
  });

  it('gives the same interval for the same seed, another for another', () => {
    const { values, patients } = clustered();
    const once = bootstrapMean(values, patients, options);
    expect(bootstrapMean(values, patients, options)).toEqual(once);
    expect(bootstrapMean(values, patients, { seed: 6 }).low).not.toBe(once.low);
  });

  it('leaves missing values out, and tells what it cannot know', () => {
    const estimate = bootstrapMean([0.5, Number.NaN, 0.7], ['a', 'b', 'c'], options);
    expect(estimate).toMatchObject({ mean: 0.6, images: 2, patients: 2 });
    const one = bootstrapMean([0.25, 0.75], ['a', 'a'], options);
    expect(one).toEqual({ mean: 0.5, low: null, high: null, images: 2, patients: 1 });
    const none = bootstrapMean([Number.NaN], ['a'], options);
    expect(none).toEqual({ mean: null, low: null, high: null, images: 0, patients: 0 });
    expect(() => bootstrapMean([1], [], options)).toThrow('1 values, but 0 patients');
  });

  it('tells a small difference that the intervals of both hide', () => {
    const { values, patients } = clustered();
    const better = values.map((value, index) => value + 0.05 + 0.01 * (index % 3));
    const difference = bootstrapDifference(better, values, patients, options);
    expect(difference.low).toBeGreaterThan(0);
    expect(difference.mean).toBeCloseTo(0.06, 2);
    expect(width(difference)).toBeLessThan(0.05 * width(bootstrapMean(values, patients, options)));
    expect(bootstrapDifference([1, Number.NaN], [0, 0], ['a', 'b'], options).images).toBe(1);
    expect(() => bootstrapDifference([1], [1, 2], ['a'], options)).toThrow('do not pair');
  });
});
