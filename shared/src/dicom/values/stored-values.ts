import type { PixelLayout } from '../pixels/pixel-layout.ts';

/**
 * Stored pixel values from cells (PS3.5 8.1.1): the bits from High Bit down, Bits Stored of them, as a two's
 * complement where Pixel Representation is 1. Bits around them may hold overlays and are left out.
 */
export function storedValues(cells: Uint8Array | Uint16Array, layout: PixelLayout): Float32Array {
  const { bitsStored, highBit, signed } = layout;
  const right = highBit + 1 - bitsStored;
  const left = 32 - bitsStored;
  const values = new Float32Array(cells.length);
  for (let i = 0; i < cells.length; i++) {
    const atTop = ((cells[i] as number) >>> right) << left;
    values[i] = signed ? atTop >> left : atTop >>> left;
  }
  return values;
}
