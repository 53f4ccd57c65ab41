/** The largest finite binary16 is 65504; from 65520 on, rounding gives infinity. */
export const FLOAT16_OVERFLOW = 65520;

/**
 * float32 to IEEE 754 binary16, rounded to nearest, ties to even: subnormals, infinities and NaN included.
 *
 * @param out one word for each value.
 */
export function encodeFloat16(values: Float32Array, out: Uint16Array): void {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  for (let i = 0; i < bits.length; i++) {
    const b = bits[i] as number;
    const sign = (b >>> 16) & 0x8000;
    const magnitude = b & 0x7fffffff;
    if (magnitude >= 0x7f800000) {
      out[i] = sign | (magnitude > 0x7f800000 ? 0x7e00 : 0x7c00);
    } else if (magnitude >= 0x38800000) {
      // Normal, at least 2^-14. Adding half a unit, less one where the kept part is even, rounds; the carry may run
      // into the exponent, which is right, and up to infinity, which is right too.
      const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1) - 0x38000000;
      out[i] = sign | Math.min(rounded >>> 13, 0x7c00);
    } else {
      out[i] = sign | subnormal(magnitude);
    }
  }
}

/** Below 2^-14, binary16 counts in steps of 2^-24. */
function subnormal(magnitude: number): number {
  const exponent = magnitude >>> 23;
  const shift = 126 - exponent; // 14 to 24 where anything is left
  if (shift > 24) return 0;
  const mantissa = (magnitude & 0x7fffff) | 0x800000;
  const kept = mantissa >>> shift;
  const rest = mantissa & ((1 << shift) - 1);
  const half = 1 << (shift - 1);
  return kept + (rest > half || (rest === half && (kept & 1) === 1) ? 1 : 0);
}

/** IEEE 754 binary16 to float32, exactly. */
export function decodeFloat16(words: Uint16Array, out: Float32Array): void {
  const bits = new Uint32Array(out.buffer, out.byteOffset, out.length);
  for (let i = 0; i < words.length; i++) {
    const h = words[i] as number;
    const sign = (h & 0x8000) << 16;
    const exponent = (h >> 10) & 31;
    const mantissa = h & 0x3ff;
    if (exponent === 0) {
      out[i] = (sign ? -1 : 1) * mantissa * 2 ** -24;
    } else {
      bits[i] = sign | ((exponent === 31 ? 255 : exponent + 112) << 23) | (mantissa << 13);
    }
  }
}
