import { madd, zeros } from './simd';

/*
 * Two matrix products, which all convolutions come down to. Strides and addresses are in bytes.
 * Blocks hold 8 accumulators: enough to hide the latency of a multiply-add, few enough for 16 vector registers.
 * The inner loops are not unrolled: V8 moves all loads of a loop's body before its arithmetic, and spills.
 */

/** One row of A: the four k-steps of one loop turn for 4 columns of B, whose rows are `row` bytes. */
// @ts-ignore: decorator
@inline
function row4(a: usize, b: usize, row: usize, acc: v128): v128 {
  acc = madd(v128.load32_splat(a), v128.load(b), acc);
  acc = madd(v128.load32_splat(a, 4), v128.load(b + row), acc);
  acc = madd(v128.load32_splat(a, 8), v128.load(b + 2 * row), acc);
  return madd(v128.load32_splat(a, 12), v128.load(b + 3 * row), acc);
}

/** 4 rows × 8 columns. */
// @ts-ignore: decorator
@inline
function block4x8(a: usize, aStride: usize, k: i32, b: usize, out: usize, outStride: usize, c0: v128, c1: v128, low: v128, clamp: bool): void {
  let a0 = a, a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
  let c00 = c0, c01 = c1, c10 = c0, c11 = c1, c20 = c0, c21 = c1, c30 = c0, c31 = c1;
  const end = a + ((<usize>k) << 2);
  let s: v128, u: v128, v: v128;
  while (a0 < end) {
    u = v128.load(b); v = v128.load(b, 16);
    s = v128.load32_splat(a0); c00 = madd(s, u, c00); c01 = madd(s, v, c01);
    s = v128.load32_splat(a1); c10 = madd(s, u, c10); c11 = madd(s, v, c11);
    s = v128.load32_splat(a2); c20 = madd(s, u, c20); c21 = madd(s, v, c21);
    s = v128.load32_splat(a3); c30 = madd(s, u, c30); c31 = madd(s, v, c31);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; b += 32;
  }
  if (clamp) {
    c00 = f32x4.pmax(c00, low); c01 = f32x4.pmax(c01, low); c10 = f32x4.pmax(c10, low); c11 = f32x4.pmax(c11, low);
    c20 = f32x4.pmax(c20, low); c21 = f32x4.pmax(c21, low); c30 = f32x4.pmax(c30, low); c31 = f32x4.pmax(c31, low);
  }
  v128.store(out, c00); v128.store(out, c01, 16); out += outStride;
  v128.store(out, c10); v128.store(out, c11, 16); out += outStride;
  v128.store(out, c20); v128.store(out, c21, 16); out += outStride;
  v128.store(out, c30); v128.store(out, c31, 16);
}

/** 4 rows × 4 columns. */
// @ts-ignore: decorator
@inline
function block4x4(a: usize, aStride: usize, k: i32, b: usize, out: usize, outStride: usize, c: v128, low: v128, clamp: bool): void {
  let a0 = a, a1 = a + aStride, a2 = a1 + aStride, a3 = a2 + aStride;
  let c0 = c, c1 = c, c2 = c, c3 = c;
  const end = a + ((<usize>k) << 2);
  while (a0 < end) {
    const u = v128.load(b);
    c0 = madd(v128.load32_splat(a0), u, c0); c1 = madd(v128.load32_splat(a1), u, c1);
    c2 = madd(v128.load32_splat(a2), u, c2); c3 = madd(v128.load32_splat(a3), u, c3);
    a0 += 4; a1 += 4; a2 += 4; a3 += 4; b += 16;
  }
  if (clamp) {
    c0 = f32x4.pmax(c0, low); c1 = f32x4.pmax(c1, low); c2 = f32x4.pmax(c2, low); c3 = f32x4.pmax(c3, low);
  }
  v128.store(out, c0); out += outStride; v128.store(out, c1); out += outStride;
  v128.store(out, c2); out += outStride; v128.store(out, c3);
}

/** 1 row × 8 columns. */
// @ts-ignore: decorator
@inline
function block1x8(a: usize, k: i32, b: usize, out: usize, c0: v128, c1: v128, low: v128, clamp: bool): void {
  const end = a + ((<usize>k) << 2);
  while (a < end) {
    c0 = row4(a, b, 32, c0); c1 = row4(a, b + 16, 32, c1);
    a += 16; b += 128;
  }
  v128.store(out, clamp ? f32x4.pmax(c0, low) : c0); v128.store(out, clamp ? f32x4.pmax(c1, low) : c1, 16);
}

/** 1 row × 4 columns. */
// @ts-ignore: decorator
@inline
function block1x4(a: usize, k: i32, b: usize, out: usize, c: v128, low: v128, clamp: bool): void {
  const end = a + ((<usize>k) << 2);
  while (a < end) {
    c = row4(a, b, 16, c);
    a += 16; b += 64;
  }
  v128.store(out, clamp ? f32x4.pmax(c, low) : c);
}

// @ts-ignore: decorator
@inline
function product(a: usize, aStride: usize, rows: i32, k: i32, b: usize, n: i32, out: usize, outStride: usize, bias: usize, low: v128, epilogue: bool): void {
  for (; n >= 8; n -= 8) {
    let c0 = zeros(), c1 = zeros();
    if (epilogue) { c0 = v128.load(bias); c1 = v128.load(bias, 16); bias += 32; }
    let r = 0, ar = a, or = out;
    for (; r + 4 <= rows; r += 4) { block4x8(ar, aStride, k, b, or, outStride, c0, c1, low, epilogue); ar += 4 * aStride; or += 4 * outStride; }
    for (; r < rows; r++) { block1x8(ar, k, b, or, c0, c1, low, epilogue); ar += aStride; or += outStride; }
    b += (<usize>k) << 5; out += 32;
  }
  if (n > 0) {
    const c = epilogue ? v128.load(bias) : zeros();
    let r = 0, ar = a, or = out;
    for (; r + 4 <= rows; r += 4) { block4x4(ar, aStride, k, b, or, outStride, c, low, epilogue); ar += 4 * aStride; or += 4 * outStride; }
    for (; r < rows; r++) { block1x4(ar, k, b, or, c, low, epilogue); ar += aStride; or += outStride; }
  }
}

/**
 * out[rows, n] = A[rows, k] · B. k and n are multiples of 4; B is packed: blocks of 8 columns [n/8][k][8], and a last
 * block of 4 columns where n is no multiple of 8.
 */
export function multiply(a: usize, aStride: usize, rows: i32, k: i32, b: usize, n: i32, out: usize, outStride: usize): void {
  product(a, aStride, rows, k, b, n, out, outStride, 0, zeros(), false);
}

/** The same with a bias [n] and a lower bound on the result (0 for ReLU, −∞ for none). */
export function multiplyAddClamp(a: usize, aStride: usize, rows: i32, k: i32, b: usize, n: i32, out: usize, outStride: usize, bias: usize, low: f32): void {
  product(a, aStride, rows, k, b, n, out, outStride, bias, f32x4.splat(low), true);
}

/** Where element row `k`, column `n0` (a multiple of 4) of a B packed for {@link multiply} lies. */
// @ts-ignore: decorator
@inline
export function packedOffset(k: i32, n0: i32, depth: i32, n: i32): usize {
  const block = n0 & ~7;
  const width = n - block >= 8 ? 8 : 4;
  return (<usize>(block * depth + k * width + (n0 - block))) << 2;
}

/**
 * acc[p, q] (+)= A[rows, p]ᵀ · D[rows, q]. p and q are multiples of 4. The sum over rows stays in registers.
 * @param accumulate add to what acc holds, or overwrite it
 */
export function multiplyTransposed(a: usize, aStride: usize, p: i32, d: usize, dStride: usize, q: i32, rows: i32, acc: usize, accumulate: bool): void {
  const accStride = (<usize>q) << 2;
  for (let i = 0; i < p; i += 4) {
    let j = 0;
    for (; j + 8 <= q; j += 8) {
      let ar = a + ((<usize>i) << 2), dr = d + ((<usize>j) << 2);
      let o = acc + <usize>i * accStride + ((<usize>j) << 2);
      let c00 = zeros(), c01 = zeros(), c10 = zeros(), c11 = zeros(), c20 = zeros(), c21 = zeros(), c30 = zeros(), c31 = zeros();
      let s: v128, u: v128, v: v128;
      for (let r = 0; r < rows; r++) {
        u = v128.load(dr); v = v128.load(dr, 16);
        s = v128.load32_splat(ar); c00 = madd(s, u, c00); c01 = madd(s, v, c01);
        s = v128.load32_splat(ar, 4); c10 = madd(s, u, c10); c11 = madd(s, v, c11);
        s = v128.load32_splat(ar, 8); c20 = madd(s, u, c20); c21 = madd(s, v, c21);
        s = v128.load32_splat(ar, 12); c30 = madd(s, u, c30); c31 = madd(s, v, c31);
        ar += aStride; dr += dStride;
      }
      if (accumulate) {
        let w = o;
        c00 = f32x4.add(c00, v128.load(w)); c01 = f32x4.add(c01, v128.load(w, 16)); w += accStride;
        c10 = f32x4.add(c10, v128.load(w)); c11 = f32x4.add(c11, v128.load(w, 16)); w += accStride;
        c20 = f32x4.add(c20, v128.load(w)); c21 = f32x4.add(c21, v128.load(w, 16)); w += accStride;
        c30 = f32x4.add(c30, v128.load(w)); c31 = f32x4.add(c31, v128.load(w, 16));
      }
      v128.store(o, c00); v128.store(o, c01, 16); o += accStride;
      v128.store(o, c10); v128.store(o, c11, 16); o += accStride;
      v128.store(o, c20); v128.store(o, c21, 16); o += accStride;
      v128.store(o, c30); v128.store(o, c31, 16);
    }
    if (j < q) {
      let ar = a + ((<usize>i) << 2), dr = d + ((<usize>j) << 2);
      let o = acc + <usize>i * accStride + ((<usize>j) << 2);
      let c0 = zeros(), c1 = zeros(), c2 = zeros(), c3 = zeros();
      for (let r = 0; r < rows; r++) {
        const u = v128.load(dr);
        c0 = madd(v128.load32_splat(ar), u, c0); c1 = madd(v128.load32_splat(ar, 4), u, c1);
        c2 = madd(v128.load32_splat(ar, 8), u, c2); c3 = madd(v128.load32_splat(ar, 12), u, c3);
        ar += aStride; dr += dStride;
      }
      if (accumulate) {
        c0 = f32x4.add(c0, v128.load(o)); c1 = f32x4.add(c1, v128.load(o + accStride));
        c2 = f32x4.add(c2, v128.load(o + 2 * accStride)); c3 = f32x4.add(c3, v128.load(o + 3 * accStride));
      }
      v128.store(o, c0); v128.store(o + accStride, c1); v128.store(o + 2 * accStride, c2); v128.store(o + 3 * accStride, c3);
    }
  }
}
