import type { Int8Values } from '../release/quantize.ts';

/**
 * Filters of an int8 release are integers in ±127 times a scale, one for each output: finds them again, so that the
 * engine keeps a quarter of the bytes without changing a bit.
 *
 * @param filters [..., n]
 * @returns undefined where the filters are no such products
 */
export function asInt8(filters: Float32Array, n: number): Int8Values | undefined {
  const scales = largestOf(filters, n).map((largest) => largest / 127);
  const values = new Int8Array(filters.length);
  const exact = quantize(filters, scales, values);
  for (let c = 0; c < n; c++) {
    if (exact[c] === 1) continue;
    // Rounding moved the scale by one unit in its last place.
    const scale = scales[c] as number;
    const found = [1, -1].map((step) => neighbour(scale, step)).find((s) => isScale(filters, n, c, s));
    if (found === undefined) return undefined;
    scales[c] = found;
    for (let i = c; i < filters.length; i += n) values[i] = Math.round((filters[i] as number) / found);
  }
  return { values, scales };
}

/** The largest absolute value of each output's filters. */
function largestOf(filters: Float32Array, n: number): Float32Array {
  const largest = new Float32Array(n);
  for (let row = 0; row < filters.length; row += n) {
    for (let c = 0; c < n; c++) {
      const size = Math.abs(filters[row + c] as number);
      if (size > (largest[c] as number)) largest[c] = size;
    }
  }
  return largest;
}

/** Writes the integers. @returns for each output, whether they give its filters exactly */
function quantize(filters: Float32Array, scales: Float32Array, values: Int8Array): Uint8Array {
  const n = scales.length;
  const exact = new Uint8Array(n).fill(1);
  const inverses = Float64Array.from(scales, (scale) => (scale === 0 ? 0 : 1 / scale));
  for (let row = 0; row < filters.length; row += n) {
    for (let c = 0; c < n; c++) {
      const w = filters[row + c] as number;
      const q = Math.round(w * (inverses[c] as number));
      if (Math.fround(q * (scales[c] as number)) !== w) exact[c] = 0;
      values[row + c] = q;
    }
  }
  return exact;
}

function isScale(filters: Float32Array, n: number, c: number, scale: number): boolean {
  for (let i = c; i < filters.length; i += n) {
    const w = filters[i] as number;
    const q = Math.round(w / scale);
    if (Math.fround(q * scale) !== w || Math.abs(q) > 127) return false;
  }
  return true;
}

/** The float32 that is so many steps from a positive one. */
function neighbour(value: number, steps: number): number {
  if (value === 0) return 0;
  const bits = new Int32Array(Float32Array.of(value).buffer);
  bits[0] = (bits[0] as number) + steps;
  return new Float32Array(bits.buffer)[0] as number;
}
