import { expect, it } from 'vitest';
import { textWidth } from './text-width.ts';

// Advance widths at 2048 units an em, added up by fontTools 4.68.0, of DejaVu Sans and of Roboto.
it.each([
  ['standard deviation over raters', 31228, 27181],
  ['Dice 0.87', 9743, 8501],
  ['Smallest outline', 16519, 14623],
])('is within a twentieth of what a wide font has, and enough for others: %s', (text, wide, narrow) => {
  expect(Math.abs(textWidth(text, 2048) / wide - 1)).toBeLessThan(0.05);
  expect(textWidth(text, 2048)).toBeGreaterThan(narrow);
});
