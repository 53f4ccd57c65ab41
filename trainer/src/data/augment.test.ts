import { Random } from '@d-persona/shared/random.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawAffine, IDENTITY, isExact } from './affine.ts';
import { changeIntensities, transform } from './augment.ts';
import { augmentationSchema, augmentations, reachOf } from './augmentation.ts';
import { packMasks } from './mask-bits.ts';
import type { WorkingImage } from './working-image.ts';

const SIZE = 12;

/** An image that equals its first mask; the second is the opposite of the first. */
function twins(bits: readonly number[], margin = 0): WorkingImage {
  const side = SIZE + 2 * margin;
  const first = Uint8Array.from({ length: side * side }, (_, i) => bits[i % bits.length] as number);
  const masks = packMasks([first, first.map((bit) => 1 - bit)], { height: side, width: side });
  return {
    height: side,
    width: side,
    data: first.map((bit) => 100 * bit),
    channels: 1,
    masks,
    top: -margin,
    left: -margin,
  };
}

function run(from: WorkingImage, map = IDENTITY) {
  const image = new Float32Array(SIZE * SIZE * from.channels);
  const masks = new Float32Array(SIZE * SIZE * 2);
  transform(from, map, SIZE, 2, { image, masks });
  return {
    image,
    masks,
    first: masks.filter((_, i) => i % 2 === 0),
    second: masks.filter((_, i) => i % 2 === 1),
  };
}

const bits = fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 30, maxLength: 60 });

describe('transform', () => {
  it('keeps masks binary, and image and masks aligned, for every draw of the recipe', () => {
    fc.assert(
      fc.property(bits, fc.integer(), (pattern, seed) => {
        const map = drawAffine(augmentations.recipe, SIZE, new Random(seed));
        expect(isExact(map)).toBe(true);
        const { image, first, second } = run(twins(pattern), map);
        for (let i = 0; i < first.length; i++) {
          const [a, b] = [first[i] as number, second[i] as number];
          // Outside the image neither mask has anything, and the image is its mean; inside, one of them has.
          expect([0, 1]).toContain(a + b);
          if (a + b === 0) expect(image[i]).toBe(0);
          else expect(Math.sign(image[i] as number)).toBeOneOf(a === 1 ? [1, 0] : [-1, 0]);
        }
      }),
    );
  });

  it('keeps masks binary and aligned when it interpolates, away from edges of the mask', () => {
    const disc = (x: number, y: number) => (Math.hypot(x - 12, y - 9) < 5 ? 1 : 0);
    const margin = 6;
    const side = SIZE + 2 * margin;
    const from = twins(
      Array.from({ length: side * side }, (_, i) => disc(i % side, Math.floor(i / side))),
      margin,
    );
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const map = drawAffine(augmentations.paper, SIZE, new Random(seed));
        const { image, first, second } = run(from, map);
        const [low, high] = [Math.min(...image), Math.max(...image)];
        for (let i = 0; i < first.length; i++) {
          expect((first[i] as number) + (second[i] as number)).toBe(1);
          const value = ((image[i] as number) - low) / (high - low); // 0 and 1 where all four neighbours agree
          if (value < 1e-4) expect(first[i]).toBe(0);
          if (value > 1 - 1e-4) expect(first[i]).toBe(1);
        }
      }),
    );
  });

  it('moves a pixel where the map says', () => {
    const pixel = (x: number, y: number) =>
      twins(Array.from({ length: SIZE * SIZE }, (_, i) => (i === y * SIZE + x ? 1 : 0)));
    const where = (first: Float32Array) => [first.indexOf(1) % SIZE, Math.floor(first.indexOf(1) / SIZE)];
    // out(x, y) = in(x + 2, y − 1): what was at (5, 5) comes to (3, 6)
    expect(where(run(pixel(5, 5), { ...IDENTITY, tx: 2, ty: -1 }).first)).toEqual([3, 6]);
    // a quarter turn: out(x, y) = in(11 − y, x)
    expect(where(run(pixel(2, 3), { a: 0, b: -1, c: 1, d: 0, tx: SIZE - 1, ty: 0 }).first)).toEqual([3, 9]);
  });

  it('interpolates half-way, and standardises', () => {
    const from = twins(Array.from({ length: SIZE * SIZE }, (_, i) => (i % SIZE < 6 ? 0 : 1)));
    const { image } = run(from, { ...IDENTITY, tx: 0.5 });
    // Columns 0…4 are 0, column 5 lies half-way, the others are 100; the last falls off the image.
    const row = [0, 0, 0, 0, 0, 50, 100, 100, 100, 100, 100];
    const mean = row.reduce((a, b) => a + b) / row.length;
    const std = Math.sqrt(row.reduce((sum, v) => sum + (v - mean) ** 2, 0) / row.length);
    row.forEach((value, x) => {
      expect(image[x]).toBeCloseTo((value - mean) / std, 5);
    });
    expect(image[11]).toBe(0);
  });

  it('reaches no further than reachOf says', () => {
    const any = fc.record({
      shift: fc.integer({ min: 0, max: 6 }),
      scale: fc.double({ min: 0, max: 0.5, noNaN: true }),
      rotation: fc.double({ min: 0, max: 180, noNaN: true }),
    });
    fc.assert(
      fc.property(any, fc.integer(), (some, seed) => {
        const augmentation = { ...augmentations.paper, ...some };
        const { a, b, c, d, tx, ty } = drawAffine(augmentation, SIZE, new Random(seed));
        const reach = reachOf(augmentation, SIZE);
        for (const [x, y] of [
          [0, 0],
          [0, 11],
          [11, 0],
          [11, 11],
        ] as const) {
          for (const place of [a * x + b * y + tx, c * x + d * y + ty]) {
            expect(place).toBeGreaterThanOrEqual(-reach);
            expect(place).toBeLessThanOrEqual(SIZE - 1 + reach);
          }
        }
      }),
    );
  });

  it('draws every flip and turn', () => {
    const random = new Random(1);
    const seen = new Set(
      Array.from({ length: 200 }, () => {
        const { a, b, c, d } = drawAffine({ ...augmentations.recipe, shift: 0 }, SIZE, random);
        return [a, b, c, d].map((v) => v + 0).join();
      }),
    );
    expect(seen.size).toBe(8);
  });
});

describe('changeIntensities', () => {
  it('is an increasing affine change within its bounds, and nothing where it is switched off', () => {
    const image = Float32Array.of(-1, 0, 1);
    changeIntensities(image, augmentations.recipe, new Random(1));
    expect([...image]).toEqual([-1, 0, 1]);
    changeIntensities(image, { ...augmentations.paper, gain: 0.2, offset: 0.3 }, new Random(1));
    const [low, middle, high] = image as unknown as [number, number, number];
    expect(high - middle).toBeCloseTo(middle - low, 5);
    expect(high - middle).toBeGreaterThanOrEqual(0.8);
    expect(high - middle).toBeLessThanOrEqual(1.2);
    expect(Math.abs(middle)).toBeLessThanOrEqual(0.3);
  });
});

it.each(Object.entries(augmentations))('preset %s is of the schema', (_, preset) => {
  expect(augmentationSchema.parse(preset)).toEqual(preset);
});
