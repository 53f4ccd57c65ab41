import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../errors.ts';
import type { Image8or16 } from '../image/image8or16.ts';
import { standardise } from '../image/standardise.ts';
import { cropOfRegion, modelInput, restoreOnImage } from './region.ts';

function imageOf(height: number, width: number, value: (x: number, y: number) => number): Image8or16 {
  const data = Uint16Array.from({ length: height * width }, (_, i) =>
    value(i % width, Math.floor(i / width)),
  );
  return { height, width, channels: 1, bitDepth: 16, data };
}

const side = fc.integer({ min: 6, max: 24 });
const size = fc.record({ height: side, width: side });
/** An image, a region whose centre is on it, with or without an extent, and a model's input size. */
const request = fc
  .record({
    image: size,
    input: size,
    u: fc.double({ min: 0, max: 1, noNaN: true }),
    extent: fc.option(size),
  })
  .map(({ image, input, u, extent }) => ({
    image,
    input,
    region: {
      x: u * (image.width - 1),
      y: (1 - u) * (image.height - 1),
      w: extent?.width,
      h: extent?.height,
    },
  }));

describe('cropOfRegion', () => {
  it('is the whole image where that has the input size', () => {
    fc.assert(
      fc.property(size, (s) => {
        expect(cropOfRegion(s, undefined, s)).toEqual({ left: 0, top: 0, ...s });
      }),
    );
  });

  it('is the input size around the centre', () => {
    const input = { height: 64, width: 64 };
    expect(cropOfRegion({ height: 100, width: 200 }, undefined, input)).toEqual({
      left: 68,
      top: 18,
      ...input,
    });
    expect(cropOfRegion({ height: 100, width: 200 }, { x: 10, y: 50 }, input)).toMatchObject({
      left: -22,
      top: 18,
    });
  });

  it('holds the centre and has the extent that was asked for', () => {
    fc.assert(
      fc.property(request, ({ image, region, input }) => {
        const crop = cropOfRegion(image, region, input);
        expect(crop.width).toBe(region.w ?? input.width);
        expect(crop.height).toBe(region.h ?? input.height);
        // the crop's middle, in pixel centres, is within a pixel of what was asked for
        expect(Math.abs(crop.left + (crop.width - 1) / 2 - region.x)).toBeLessThanOrEqual(0.5 + 1e-9);
        expect(Math.abs(crop.top + (crop.height - 1) / 2 - region.y)).toBeLessThanOrEqual(0.5 + 1e-9);
      }),
    );
  });

  it.each([
    [{ x: -1, y: 5 }, 'region-outside-image'],
    [{ x: 5, y: 10 }, 'region-outside-image'],
    [{ x: Number.NaN, y: 5 }, 'region-outside-image'],
    [{ x: 5, y: 5, w: 0, h: 4 }, 'bad-region'],
    [{ x: 5, y: 5, w: 4, h: 1e9 }, 'bad-region'],
    [{ x: 5, y: 5, w: Number.NaN, h: 4 }, 'bad-region'],
  ])('refuses %o', (region, code) => {
    try {
      cropOfRegion({ height: 10, width: 10 }, region, { height: 8, width: 8 });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(InputError);
      expect((error as InputError).code).toBe(code);
    }
  });
});

describe('modelInput', () => {
  it('of the whole image is the standardised image', () => {
    const image = imageOf(6, 7, (x, y) => 3 * x * x + 50 * y);
    const input = { height: 6, width: 7 };
    expect(modelInput(image, cropOfRegion(image, undefined, input), input, 1)).toEqual(
      standardise(image.data),
    );
  });

  it('is zero beyond the image, and standardised over what lies on it', () => {
    const image = imageOf(4, 4, (x, y) => 10 * x + y);
    const input = { height: 4, width: 4 };
    const out = modelInput(image, cropOfRegion(image, { x: 0, y: 0 }, input), input, 1);
    const inside = standardise(Uint8Array.of(0, 10, 1, 11));
    expect([...out]).toEqual([
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      inside[0],
      inside[1],
      0,
      0,
      inside[2],
      inside[3],
    ]);
  });

  it('is always finite, of mean 0 and standard deviation 1 (or 0) over the part on the image', () => {
    fc.assert(
      fc.property(request, ({ image: { height, width }, region, input }) => {
        const image = imageOf(height, width, (x, y) => (x * 7919 + y * 104729) % 997);
        const out = modelInput(image, cropOfRegion(image, region, input), input, 1);
        expect(out.length).toBe(input.height * input.width);
        expect(out.every(Number.isFinite)).toBe(true);
        expect(out.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 2);
      }),
    );
  });

  it('keeps a ramp a ramp when it enlarges or shrinks', () => {
    const image = imageOf(16, 16, (x) => 100 * x);
    for (const width of [8, 32]) {
      const input = { height: 16, width };
      const out = modelInput(image, { left: 0, top: 0, height: 16, width: 16 }, input, 1);
      const inner = [...out.subarray(0, width)].slice(width / 8, -width / 8);
      const steps = inner.slice(1).map((value, i) => value - (inner[i] as number));
      for (const step of steps) expect(step).toBeCloseTo(steps[0] as number, 4);
    }
  });

  it('averages when it shrinks: no line is lost between samples', () => {
    const image = imageOf(8, 8, (x) => (x === 2 ? 800 : 0));
    const out = modelInput(image, { left: 0, top: 0, height: 8, width: 8 }, { height: 2, width: 2 }, 1);
    expect(out[0]).toBeCloseTo(1, 5); // left half holds the line,
    expect(out[1]).toBeCloseTo(-1, 5); // right half less of it
  });

  it('gives a three-channel model three channels', () => {
    const image = imageOf(2, 2, (x, y) => x + 2 * y);
    const out = modelInput(image, { left: 0, top: 0, height: 2, width: 2 }, { height: 2, width: 2 }, 3);
    expect([...out]).toEqual([...standardise(Uint8Array.of(0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3))]);
  });
});

describe('restoreOnImage', () => {
  it('undoes the crop exactly where nothing is resampled, and is 0 elsewhere', () => {
    fc.assert(
      fc.property(request, ({ image, region: { x, y }, input }) => {
        const crop = cropOfRegion(image, { x, y }, input);
        const probability = Float32Array.from(
          { length: input.height * input.width },
          (_, i) => (i + 1) / 1000,
        );
        const out = restoreOnImage(probability, crop, input, image);
        for (let py = 0; py < image.height; py++) {
          for (let px = 0; px < image.width; px++) {
            const [cx, cy] = [px - crop.left, py - crop.top];
            const inCrop = cx >= 0 && cy >= 0 && cx < input.width && cy < input.height;
            const expected = inCrop ? probability[cy * input.width + cx] : 0;
            expect(out[py * image.width + px]).toBe(expected);
          }
        }
      }),
    );
  });

  it('keeps a constant constant over the crop, whatever the extent', () => {
    fc.assert(
      fc.property(request, ({ image, region, input }) => {
        const crop = cropOfRegion(image, region, input);
        const out = restoreOnImage(
          new Float32Array(input.height * input.width).fill(0.75),
          crop,
          input,
          image,
        );
        for (let y = 0; y < image.height; y++) {
          for (let x = 0; x < image.width; x++) {
            const inCrop =
              x >= crop.left && y >= crop.top && x < crop.left + crop.width && y < crop.top + crop.height;
            expect(out[y * image.width + x]).toBeCloseTo(inCrop ? 0.75 : 0, 6);
          }
        }
      }),
    );
  });

  it('puts a resampled map back where it came from', () => {
    // A bright square of 8 × 8 at (20, 12) on 40 × 32, seen by a model of 16 × 16 through a region of 32 × 32.
    const image = imageOf(32, 40, (x, y) => (x >= 16 && x < 24 && y >= 8 && y < 16 ? 1000 : 0));
    const input = { height: 16, width: 16 };
    const crop = cropOfRegion(image, { x: 20, y: 12, w: 32, h: 32 }, input);
    const seen = modelInput(image, crop, input, 1);
    const half = (Math.max(...seen) + Math.min(...seen)) / 2;
    const back = restoreOnImage(
      Float32Array.from(seen, (v) => (v > half ? 1 : 0)),
      crop,
      input,
      image,
    );
    const expected = Uint8Array.from(image.data, (v) => (v > 0 ? 1 : 0));
    expect(Uint8Array.from(back, (p) => (p >= 0.5 ? 1 : 0))).toEqual(expected);
  });
});
