/** Filters [..., n] as integers of 8 bits times a scale for each of the n outputs. */
export interface Int8Filters {
  readonly values: Int8Array;
  readonly scales: Float32Array;
}

/** How many neighbours of a scale are tried: rounding moves it by one unit in the last place at most. */
const NEIGHBOURS = [0, 1, -1];

/**
 * Filters of an int8 release are integers in ±127 times a scale, one for each output: finds them again, so that the
 * engine keeps a quarter of the bytes without changing a bit.
 *
 * @param filters [..., n]
 * @returns undefined where the filters are no such products
 */
export function asInt8(filters: Float32Array, n: number): Int8Filters | undefined {
  const largest = new Float32Array(n);
  for (let i = 0; i < filters.length; i++) {
    const size = Math.abs(filters[i] as number);
    if (size > (largest[i % n] as number)) largest[i % n] = size;
  }
  const values = new Int8Array(filters.length);
  const scales = new Float32Array(n);
  for (let c = 0; c < n; c++) {
    const scale = NEIGHBOURS.map((step) => neighbour(Math.fround((largest[c] as number) / 127), step)).find(
      (candidate) => quantize(filters, n, c, candidate, values),
    );
    if (scale === undefined) return undefined;
    scales[c] = scale;
  }
  return { values, scales };
}

/** Writes channel `c` of the integers. @returns whether they give the filters exactly */
function quantize(filters: Float32Array, n: number, c: number, scale: number, values: Int8Array): boolean {
  for (let i = c; i < filters.length; i += n) {
    const w = filters[i] as number;
    const q = scale === 0 ? 0 : Math.round(w / scale);
    if (Math.fround(q * scale) !== w || Math.abs(q) > 127) return false;
    values[i] = q;
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
