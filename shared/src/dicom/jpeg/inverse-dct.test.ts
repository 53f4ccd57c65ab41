import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inverseDct, ZIGZAG } from './inverse-dct.ts';

/** The definition (ITU-T T.81, A.3.3), in floating point. */
function byDefinition(block: readonly number[]): number[] {
  const scale = (k: number) => (k === 0 ? Math.SQRT1_2 : 1);
  return Array.from({ length: 64 }, (_, i) => {
    const [y, x] = [i >> 3, i & 7];
    let sum = 0;
    for (let v = 0; v < 8; v++) {
      for (let u = 0; u < 8; u++) {
        const basis = Math.cos(((2 * x + 1) * u * Math.PI) / 16) * Math.cos(((2 * y + 1) * v * Math.PI) / 16);
        sum += scale(u) * scale(v) * (block[8 * v + u] as number) * basis;
      }
    }
    return sum / 4;
  });
}

it('is the inverse DCT, within a grey level', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -2000, max: 2000 }), { minLength: 64, maxLength: 64 }),
      (block) => {
        const samples = Int32Array.from(block);
        inverseDct(samples);
        byDefinition(block).forEach((exact, i) => {
          expect(Math.abs((samples[i] as number) - exact)).toBeLessThan(1);
        });
      },
    ),
    { numRuns: 100 },
  );
});

it('goes through a block in zigzag', () => {
  expect([...ZIGZAG].sort((a, b) => a - b)).toEqual(Array.from({ length: 64 }, (_, i) => i));
  // Neighbours touch, diagonal by diagonal.
  for (let k = 1; k < 64; k++) {
    const [a, b] = [ZIGZAG[k - 1] as number, ZIGZAG[k] as number];
    expect(Math.max(Math.abs((a >> 3) - (b >> 3)), Math.abs((a & 7) - (b & 7)))).toBe(1);
  }
});
