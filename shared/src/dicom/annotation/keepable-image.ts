import type { Image8or16 } from '../../image/image8or16.ts';
import type { OnReleaseGrid } from './release-grid.ts';

const MOST = 65535;

/**
 * Values as a picture of 16 bits, over the range that they have: a model standardises each image by itself, so their
 * zero and unit do not matter. Pixels alone, nothing that came with them.
 */
export function keepableImage({ height, width, channels, data }: Omit<OnReleaseGrid, 'mask'>): Image8or16 {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of data) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const scale = max > min ? MOST / (max - min) : 0;
  const pixels = Uint16Array.from(data, (value) => Math.round((value - min) * scale));
  return { height, width, channels, bitDepth: 16, data: pixels };
}
