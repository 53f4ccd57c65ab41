/** Zigzag order (T.81, figure A.6): where in a block of 8 × 8 the k-th coefficient stands. */
export const ZIGZAG = Uint8Array.of(
  ...[0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5],
  ...[12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28],
  ...[35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51],
  ...[58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63],
);

const CONST_BITS = 13;
const PASS1_BITS = 1; // for samples of 12 bits

/**
 * The inverse DCT of a block, in the integer arithmetic of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) that the
 * Independent JPEG Group's decoder uses for 12 bits, so that pixels come out the same.
 *
 * @param block 64 dequantized coefficients, row by row; overwritten with samples about 0.
 */
export function inverseDct(block: Int32Array): void {
  for (let x = 0; x < 8; x++) transform(block, x, 8, CONST_BITS - PASS1_BITS);
  for (let y = 0; y < 64; y += 8) transform(block, y, 1, CONST_BITS + PASS1_BITS + 3);
}

/** One dimension, in place; the constants are 2^13 times √2 cos(kπ/16) and sums of such. */
function transform(block: Int32Array, at: number, step: number, shift: number): void {
  const input = (k: number) => block[at + k * step] as number;
  const even = (input(2) + input(6)) * 4433;
  const e2 = even - input(6) * 15137;
  const e3 = even + input(2) * 6270;
  const e0 = (input(0) + input(4)) << CONST_BITS;
  const e1 = (input(0) - input(4)) << CONST_BITS;

  const z1 = (input(7) + input(1)) * -7373;
  const z2 = (input(5) + input(3)) * -20995;
  const z5 = (input(7) + input(3) + input(5) + input(1)) * 9633;
  const z3 = (input(7) + input(3)) * -16069 + z5;
  const z4 = (input(5) + input(1)) * -3196 + z5;
  const o0 = input(7) * 2446 + z1 + z3;
  const o1 = input(5) * 16819 + z2 + z4;
  const o2 = input(3) * 25172 + z2 + z3;
  const o3 = input(1) * 12299 + z1 + z4;

  const half = 1 << (shift - 1);
  block[at] = (e0 + e3 + o3 + half) >> shift;
  block[at + 7 * step] = (e0 + e3 - o3 + half) >> shift;
  block[at + step] = (e1 + e2 + o2 + half) >> shift;
  block[at + 6 * step] = (e1 + e2 - o2 + half) >> shift;
  block[at + 2 * step] = (e1 - e2 + o1 + half) >> shift;
  block[at + 5 * step] = (e1 - e2 - o1 + half) >> shift;
  block[at + 3 * step] = (e0 - e3 + o0 + half) >> shift;
  block[at + 4 * step] = (e0 - e3 - o0 + half) >> shift;
}
