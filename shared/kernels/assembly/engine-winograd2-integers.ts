import { packedOffset } from './gemm';
import { planeBytes } from './winograd';

/*
 * Filters that are 8-bit integers to F(2×2, 3×3)'s planes: (2G) g (2G)ᵀ is made of integers below 1,200, which 16 bits
 * hold, so that eight outputs go at a time and nothing is rounded before the scale.
 */

/** Eight outputs of one plane. @param scale0, scale1 a quarter of their scales */
// @ts-ignore: decorator
@inline
function storePlane(v: v128, scale0: v128, scale1: v128, to: usize): void {
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(v)), scale0));
  v128.store(to, f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(v)), scale1), 16);
}

/** 2G of three rows, to four planes. */
// @ts-ignore: decorator
@inline
function storePlanes(g0: v128, g1: v128, g2: v128, scale0: v128, scale1: v128, to: usize, plane: usize): void {
  const even = i16x8.add(g0, g2);
  storePlane(i16x8.shl(g0, 1), scale0, scale1, to);
  storePlane(i16x8.add(even, g1), scale0, scale1, to + plane);
  storePlane(i16x8.sub(even, g1), scale0, scale1, to + 2 * plane);
  storePlane(i16x8.shl(g2, 1), scale0, scale1, to + 3 * plane);
}

/** @param filters [3, 3, depth, n], n a multiple of 8 @param scales [n] @param to packed for `multiply` */
export function prepareIntegers2(filters: usize, scales: usize, depth: i32, n: i32, to: usize): void {
  const plane = planeBytes(depth, n), tap = <usize>(depth * n), row = 3 * tap, four = 4 * plane;
  const quarter = f32x4.splat(0.25);
  for (let o = 0; o < n; o += 8) {
    const s = scales + ((<usize>o) << 2);
    const scale0 = f32x4.mul(v128.load(s), quarter), scale1 = f32x4.mul(v128.load(s, 16), quarter);
    let from = filters + <usize>o, u = to + packedOffset(0, o, depth, n);
    for (let i = 0; i < depth; i++) {
      const a0 = v128.load_ext<i8>(from), a1 = v128.load_ext<i8>(from + row), a2 = v128.load_ext<i8>(from + 2 * row);
      const b0 = v128.load_ext<i8>(from + tap), b1 = v128.load_ext<i8>(from + row + tap), b2 = v128.load_ext<i8>(from + 2 * row + tap);
      const c0 = v128.load_ext<i8>(from + 2 * tap), c1 = v128.load_ext<i8>(from + row + 2 * tap), c2 = v128.load_ext<i8>(from + 2 * row + 2 * tap);
      // Columns of the nine taps first: the planes of column 0, then of 1 and 2, then of 3.
      const even0 = i16x8.add(a0, c0), even1 = i16x8.add(a1, c1), even2 = i16x8.add(a2, c2);
      storePlanes(i16x8.shl(a0, 1), i16x8.shl(a1, 1), i16x8.shl(a2, 1), scale0, scale1, u, four);
      storePlanes(i16x8.add(even0, b0), i16x8.add(even1, b1), i16x8.add(even2, b2), scale0, scale1, u + plane, four);
      storePlanes(i16x8.sub(even0, b0), i16x8.sub(even1, b1), i16x8.sub(even2, b2), scale0, scale1, u + 2 * plane, four);
      storePlanes(i16x8.shl(c0, 1), i16x8.shl(c1, 1), i16x8.shl(c2, 1), scale0, scale1, u + 3 * plane, four);
      from += n;
      u += 32;
    }
  }
}
