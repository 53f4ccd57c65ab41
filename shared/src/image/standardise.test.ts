import fc from 'fast-check';
import { expect, it } from 'vitest';
import { standardise } from './standardise.ts';

it('gives what the formula gives', () => {
  // mean 5, population standard deviation 2
  const scaled = standardise(Uint8Array.of(2, 4, 4, 4, 5, 5, 7, 9));
  expect([...scaled]).toEqual([-1.5, -0.5, -0.5, -0.5, 0, 0, 1, 2]);
});

it('makes a constant image zero, and keeps a large offset from eating the digits', () => {
  expect([...standardise(new Uint16Array(9).fill(40_000))]).toEqual(new Array(9).fill(0));
  expect([...standardise(Float32Array.of(16_777_214, 16_777_216))]).toEqual([-1, 1]);
});

it('has mean 0 and standard deviation 1, and does not see an affine change', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 50 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: -50, max: 50 }),
      (values, scale, shift) => {
        fc.pre(new Set(values).size > 1);
        const a = standardise(Float32Array.from(values));
        expect(a.reduce((s, v) => s + v, 0) / a.length).toBeCloseTo(0, 5);
        expect(a.reduce((s, v) => s + v * v, 0) / a.length).toBeCloseTo(1, 5);
        const b = standardise(Float32Array.from(values, (v) => v * scale + shift));
        for (let i = 0; i < a.length; i++) expect(b[i]).toBeCloseTo(a[i] as number, 5);
      },
    ),
  );
});

it('writes in place when asked to', () => {
  const pixels = Float32Array.of(1, 3);
  expect(standardise(pixels, pixels)).toBe(pixels);
  expect([...pixels]).toEqual([-1, 1]);
});
