import { expect, it } from 'vitest';
import { casesNeeded } from './addition.ts';

const point = (cases: number, low: number | null) => {
  const estimate = { mean: 0.1, low, high: 0.2, images: 9, patients: 9 };
  return { cases, dice: estimate, gain: estimate, seconds: 1 };
};

it('says from how many cases on a head beats the nearest persona', () => {
  expect(casesNeeded([point(2, -0.1), point(5, 0.01), point(10, 0.02)])).toBe(5);
  expect(casesNeeded([point(2, 0.01), point(5, 0.01)])).toBe(2);
});

it('takes no good point among worse ones with more cases for an answer, and claims nothing without an interval', () => {
  expect(casesNeeded([point(2, 0.01), point(5, 0.01), point(10, -0.01)])).toBeNull();
  expect(casesNeeded([point(2, null)])).toBeNull();
});
