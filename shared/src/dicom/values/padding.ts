import type { DataSet } from '../dataset.ts';
import type { PixelLayout } from '../pixels/pixel-layout.ts';

/**
 * Gives padding (PS3.3 C.7.5.1.1.2) the value of the background: the lowest of the pixels that are no padding, or the
 * highest where that is black. Padding lies far outside all values and would shift what is computed from them.
 *
 * @param values stored values of one sample a pixel; changed in place
 */
export function replacePadding(values: Float32Array, dataSet: DataSet, layout: PixelLayout): void {
  const one = paddingValue(dataSet, 'PixelPaddingValue', layout);
  if (one === undefined) return;
  const other = paddingValue(dataSet, 'PixelPaddingRangeLimit', layout) ?? one;
  const lowest = Math.min(one, other);
  const highest = Math.max(one, other);
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value >= lowest && value <= highest) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (min > max) return; // nothing but padding
  const background = layout.photometric === 'MONOCHROME1' ? max : min;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value >= lowest && value <= highest) values[i] = background;
  }
}

/** By the sign of the pixels, whatever the representation says: writers often get that wrong. */
function paddingValue(
  dataSet: DataSet,
  keyword: 'PixelPaddingValue' | 'PixelPaddingRangeLimit',
  { signed }: PixelLayout,
): number | undefined {
  const value = dataSet.number(keyword, signed);
  if (value === undefined) return undefined;
  return signed ? (value << 16) >> 16 : value & 0xffff;
}
