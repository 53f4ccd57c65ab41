import { expect, it } from 'vitest';
import { maskOf } from './mask.fixtures.ts';
import { maskArea, maskBox, thresholdMask } from './mask.ts';

const mask = maskOf(['....', '..#.', '.##.', '....']);

it('counts pixels', () => expect(maskArea(mask)).toBe(3));

it('boxes them as COCO does', () => {
  expect(maskBox(mask)).toEqual([1, 1, 2, 2]);
  expect(maskBox(maskOf(['##']))).toEqual([0, 0, 2, 1]);
  expect(maskBox(maskOf(['..', '..']))).toEqual([0, 0, 0, 0]);
});

it('takes the threshold itself into the mask', () => {
  const probability = Float32Array.of(0.49, 0.5, 0.51, 1);
  expect(thresholdMask(probability, { height: 2, width: 2 }, 0.5)).toEqual(maskOf(['.#', '##']));
});
