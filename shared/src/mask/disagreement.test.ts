import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeImage } from '../image/decode-image.ts';
import { toBase64 } from './base64.ts';
import { DisagreementAccumulator, disagreementMap } from './disagreement.ts';

describe('DisagreementAccumulator', () => {
  it('gives mean and population standard deviation', () => {
    const accumulator = new DisagreementAccumulator(2);
    accumulator.add(Float32Array.of(0, 0.25));
    accumulator.add(Float32Array.of(1, 0.75));
    expect([...accumulator.mean()]).toEqual([0.5, 0.5]);
    expect([...accumulator.deviation()]).toEqual([0.5, 0.25]);
    expect(accumulator.count).toBe(2);
  });

  it('agrees with the definition, in two passes', () => {
    const maps = fc.array(
      fc.array(fc.float({ min: 0, max: 1, noNaN: true }), { minLength: 3, maxLength: 3 }),
      {
        minLength: 1,
        maxLength: 20,
      },
    );
    fc.assert(
      fc.property(maps, (values) => {
        const accumulator = new DisagreementAccumulator(3);
        for (const map of values) accumulator.add(Float32Array.from(map));
        const deviation = accumulator.deviation();
        for (let i = 0; i < 3; i++) {
          const column = values.map((map) => map[i] as number);
          const mean = column.reduce((a, b) => a + b, 0) / column.length;
          const variance = column.reduce((a, b) => a + (b - mean) ** 2, 0) / column.length;
          expect(accumulator.mean()[i]).toBeCloseTo(mean, 6);
          expect(deviation[i]).toBeCloseTo(Math.sqrt(variance), 6);
        }
      }),
    );
  });

  it('says so when nothing was added, or a map of another size', () => {
    const accumulator = new DisagreementAccumulator(2);
    expect(() => accumulator.mean()).toThrow('no map');
    expect(() => accumulator.add(new Float32Array(3))).toThrow('3 pixels');
  });
});

describe('disagreementMap', () => {
  it('scales 0.5 to 255', () => {
    const map = disagreementMap(Float32Array.of(0, 0.25, 0.5, 0.1, 0.3, 0.01), { height: 2, width: 3 });
    expect(map.size).toEqual([2, 3]);
    expect(map.max).toBe(0.5);
    const image = decodeImage(new Uint8Array(Buffer.from(map.png, 'base64')), { name: 'png', maxPixels: 6 });
    expect([image.height, image.width, image.channels]).toEqual([2, 3, 1]);
    expect([...image.data]).toEqual([0, 128, 255, 51, 153, 5]);
  });
});

it('toBase64 agrees with Buffer', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 9000 }), (bytes) => {
      expect(toBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'));
    }),
  );
});
