import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeFloat16, encodeFloat16 } from './float16.ts';

const encode = (value: number) => {
  const out = new Uint16Array(1);
  encodeFloat16(Float32Array.of(value), out);
  return out[0] as number;
};
const decode = (word: number) => {
  const out = new Float32Array(1);
  decodeFloat16(Uint16Array.of(word), out);
  return out[0] as number;
};

/** The value of a binary16 word by the definition in IEEE 754: sign, exponent, mantissa. */
function defined(word: number): number {
  const sign = word >> 15 ? -1 : 1;
  const exponent = (word >> 10) & 31;
  const fraction = (word & 0x3ff) / 1024;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -14 : sign * (1 + fraction) * 2 ** (exponent - 15);
}

const MAGNITUDES = Array.from({ length: 0x7c00 }, (_, word) => defined(word)); // ascending, finite

/** The nearest word, by comparing distances with both neighbours (exact in float64); the even one on a tie. */
function nearest(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const magnitude = Math.abs(value);
  let [low, high] = [0, MAGNITUDES.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((MAGNITUDES[middle] as number) < magnitude) low = middle + 1;
    else high = middle;
  }
  const above = low < MAGNITUDES.length ? (MAGNITUDES[low] as number) : 65536; // the word after 65504 stands for 2^16
  const below = MAGNITUDES[Math.max(0, low - 1)] as number;
  const [up, down] = [above - magnitude, magnitude - below];
  if (low === 0 || up < down || (up === down && low % 2 === 0)) return sign | low;
  return sign | (low - 1);
}

describe('float16', () => {
  it('decodes every word as defined', () => {
    for (let word = 0; word < 65536; word++)
      expect(Object.is(decode(word), defined(word)), `word ${word}`).toBe(true);
  });

  it('encodes what it decoded as the same word', () => {
    for (let word = 0; word < 65536; word++) {
      if (!Number.isNaN(defined(word))) expect(encode(defined(word))).toBe(word);
    }
  });

  it('rounds to nearest, ties to even', () => {
    const values = fc.oneof(
      fc.float({ noNaN: true, noDefaultInfinity: true }),
      fc.float({ min: -70000, max: 70000, noNaN: true }),
      fc.float({ min: Math.fround(-1e-4), max: Math.fround(1e-4), noNaN: true }),
      // halfway between two neighbours, and just beside
      fc
        .record({ word: fc.nat(0x7bfe), nudge: fc.constantFrom(-1, 0, 1) })
        .map(({ word, nudge }) => ((defined(word) + defined(word + 1)) / 2) * (1 + nudge * 2 ** -22))
        .map(Math.fround),
    );
    fc.assert(
      fc.property(values, (value) => {
        const magnitude = Math.abs(value);
        const expected = magnitude >= 65536 ? (value < 0 ? 0xfc00 : 0x7c00) : nearest(value);
        expect(encode(value)).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    [1, 0x3c00],
    [-2, 0xc000],
    [65504, 0x7bff],
    [65519.99, 0x7bff],
    [65520, 0x7c00],
    [Number.POSITIVE_INFINITY, 0x7c00],
    [Number.NEGATIVE_INFINITY, 0xfc00],
    [-0, 0x8000],
    [2 ** -24, 1],
    [2 ** -25, 0],
    [2 ** -25 * 1.5, 1],
    [2 ** -14, 0x0400],
    [1 / 3, 0x3555],
  ])('encodes %d as the standard does', (value, word) => expect(encode(value)).toBe(word));

  it('keeps NaN', () => expect(decode(encode(Number.NaN))).toBeNaN());
});
