import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dicePersona } from './metrics/dice-persona.ts';
import { packMasks } from './metrics/packed-masks.ts';
import { mean } from './metrics/present.ts';
import { applyThreshold, ThresholdTuner } from './thresholds.ts';

const PIXELS = 40;
const probability = fc
  .array(
    fc.oneof(
      fc.double({ min: 0, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 40 }).map((k) => k / 40),
    ),
    {
      minLength: PIXELS,
      maxLength: PIXELS,
    },
  )
  .map((values) => Float32Array.from(values));
const mask = fc
  .uint8Array({ minLength: PIXELS, maxLength: PIXELS, max: 1 })
  .map((values) => Uint8Array.from(values));
const image = fc.record({ probability, raters: fc.array(mask, { minLength: 2, maxLength: 2 }) });

describe('thresholds of the size-dial baseline', () => {
  it('no threshold of the range has a better mean Dice on the images', () => {
    fc.assert(
      fc.property(fc.array(image, { minLength: 1, maxLength: 4 }), (images) => {
        const tuner = new ThresholdTuner(2);
        for (const { probability, raters } of images) tuner.add(probability, raters);
        const found = tuner.thresholds();
        const score = (persona: number, threshold: number): number =>
          mean(
            images.map(({ probability, raters }) => {
              const answer = applyThreshold(probability, threshold);
              return dicePersona(packMasks([answer, answer]), packMasks(raters))[persona] as number;
            }),
          );
        for (const persona of [0, 1]) {
          const tried = Array.from({ length: 181 }, (_, step) => score(persona, (10 + step) / 200));
          expect(score(persona, found[persona] as number)).toBeCloseTo(Math.max(...tried), 12);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('a rater of small areas gets a high threshold, one of large areas a low one', () => {
    const ramp = Float32Array.from({ length: 100 }, (_, p) => p / 100);
    const tuner = new ThresholdTuner(2);
    tuner.add(ramp, [applyThreshold(ramp, 0.8), applyThreshold(ramp, 0.3)]);
    const [small, large] = tuner.thresholds();
    // every threshold in (0.79, 0.80] gives exactly the rater's mask; the nearest to 0.5 is taken
    expect(small).toBe(0.795);
    expect(large).toBe(0.3);
  });

  it('masks out a missing rater, and stays at 0.5 where nobody was seen', () => {
    const ramp = Float32Array.from({ length: 100 }, (_, p) => p / 100);
    const tuner = new ThresholdTuner(2);
    tuner.add(ramp, [applyThreshold(ramp, 0.8), new Uint8Array(100)], [true, false]);
    expect(tuner.thresholds()).toEqual([0.795, 0.5]);
    expect(() => tuner.add(ramp, [new Uint8Array(100)])).toThrow('1 raters for 2 personas');
  });
});
