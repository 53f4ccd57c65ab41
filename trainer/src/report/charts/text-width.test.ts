import { expect, it } from 'vitest';
import { textWidth } from './text-width.ts';

// Advance widths of Roboto Regular at 2048 units an em, added up by fontTools 4.68.0.
it.each([
  ['standard deviation over raters', 27181],
  ['Dice 0.87', 8501],
  ['Smallest outline', 14623],
])('is within a tenth of what the font has: %s', (text, units) => {
  expect(Math.abs(textWidth(text, 2048) / units - 1)).toBeLessThan(0.1);
});
