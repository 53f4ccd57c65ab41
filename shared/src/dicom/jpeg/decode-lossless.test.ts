import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BrokenJpeg } from './broken-jpeg.ts';
import { decodeLossless } from './decode-lossless.ts';
import { encodeLossless } from './lossless-encoder.fixtures.ts';

const picture = fc
  .record({
    rows: fc.integer({ min: 1, max: 9 }),
    columns: fc.integer({ min: 1, max: 9 }),
    samples: fc.constantFrom(1, 3),
    precision: fc.integer({ min: 2, max: 16 }),
    predictor: fc.integer({ min: 1, max: 7 }),
    pointTransform: fc.integer({ min: 0, max: 1 }),
    restartRows: fc.integer({ min: 0, max: 3 }),
  })
  .chain((writing) => {
    const { rows, columns, samples, precision, pointTransform } = writing;
    const value = fc.nat(2 ** precision - 1).map((v) => (v >> pointTransform) << pointTransform);
    const length = rows * columns * samples;
    return fc.record({
      writing: fc.constant(writing),
      data: fc.array(value, { minLength: length, maxLength: length }),
    });
  });

describe('lossless JPEG', () => {
  it('comes back, by any predictor, of 2 to 16 bits, in colour, with restarts', () => {
    fc.assert(
      fc.property(picture, ({ writing, data }) => {
        const decoded = decodeLossless(encodeLossless(data, writing));
        expect([...decoded.data]).toEqual(data);
        expect(decoded.frame).toMatchObject({ rows: writing.rows, columns: writing.columns });
      }),
      { numRuns: 400 },
    );
  });

  it('cut off anywhere is refused', () => {
    const writing = { rows: 4, columns: 5, samples: 1, precision: 12, predictor: 4 };
    const whole = encodeLossless(
      Array.from({ length: 20 }, (_, i) => (i * 997) & 4095),
      writing,
    );
    for (let length = 0; length < whole.length - 2; length++) {
      expect(() => decodeLossless(whole.subarray(0, length)), `${length} bytes`).toThrow(BrokenJpeg);
    }
  });
});
