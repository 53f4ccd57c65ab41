import { madd, zeros } from './simd';

/*
 * Matrix products of the engine. The left side comes in panels of four rows, [rows/4][k][4], so that one load gives
 * the four factors of a step: where a runtime checks the bounds of every access (workerd does), loads are what a
 * product costs. The right side is packed as for `multiply`. Blocks of 4 rows × 8 columns; loops are not unrolled, for
 * V8 would spill.
 */

// @ts-ignore: decorator
@inline
function lane0(v: v128): v128 { return v128.shuffle<f32>(v, v, 0, 0, 0, 0); }
// @ts-ignore: decorator
@inline
function lane1(v: v128): v128 { return v128.shuffle<f32>(v, v, 1, 1, 1, 1); }
// @ts-ignore: decorator
@inline
function lane2(v: v128): v128 { return v128.shuffle<f32>(v, v, 2, 2, 2, 2); }
// @ts-ignore: decorator
@inline
function lane3(v: v128): v128 { return v128.shuffle<f32>(v, v, 3, 3, 3, 3); }

/** Four vectors as the rows of a matrix, stored as its columns. */
// @ts-ignore: decorator
@inline
export function storeTransposed(r0: v128, r1: v128, r2: v128, r3: v128, to: usize): void {
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  v128.store(to, v128.shuffle<f32>(low01, low23, 0, 1, 4, 5));
  v128.store(to, v128.shuffle<f32>(low01, low23, 2, 3, 6, 7), 16);
  v128.store(to, v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), 32);
  v128.store(to, v128.shuffle<f32>(high01, high23, 2, 3, 6, 7), 48);
}

/** For each of four vectors its sum: one vector. */
// @ts-ignore: decorator
@inline
export function sumsOf(r0: v128, r1: v128, r2: v128, r3: v128): v128 {
  const low01 = v128.shuffle<f32>(r0, r1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(r0, r1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(r2, r3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(r2, r3, 2, 6, 3, 7);
  const even = f32x4.add(v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  const odd = f32x4.add(v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
  return f32x4.add(even, odd);
}

/** out[rows, n] = A · B with bias and lower bound. @param a panels @param out rows `outStride` bytes apart */
export function multiplyPanels(a: usize, rows: i32, k: i32, b: usize, n: i32, out: usize, outStride: usize, bias: usize, low: v128): void {
  const panel = (<usize>k) << 4;
  for (; n >= 8; n -= 8) {
    const bias0 = bias == 0 ? zeros() : v128.load(bias), bias1 = bias == 0 ? zeros() : v128.load(bias, 16);
    let p = a, o = out;
    for (let r = 0; r < rows; r += 4) {
      const end = p + panel;
      let w = b;
      let c00 = bias0, c01 = bias1, c10 = bias0, c11 = bias1, c20 = bias0, c21 = bias1, c30 = bias0, c31 = bias1;
      let f: v128, s: v128, u: v128, v: v128;
      while (p < end) {
        f = v128.load(p); u = v128.load(w); v = v128.load(w, 16);
        s = lane0(f); c00 = madd(s, u, c00); c01 = madd(s, v, c01);
        s = lane1(f); c10 = madd(s, u, c10); c11 = madd(s, v, c11);
        s = lane2(f); c20 = madd(s, u, c20); c21 = madd(s, v, c21);
        s = lane3(f); c30 = madd(s, u, c30); c31 = madd(s, v, c31);
        p += 16; w += 32;
      }
      v128.store(o, f32x4.pmax(c00, low)); v128.store(o, f32x4.pmax(c01, low), 16); o += outStride;
      v128.store(o, f32x4.pmax(c10, low)); v128.store(o, f32x4.pmax(c11, low), 16); o += outStride;
      v128.store(o, f32x4.pmax(c20, low)); v128.store(o, f32x4.pmax(c21, low), 16); o += outStride;
      v128.store(o, f32x4.pmax(c30, low)); v128.store(o, f32x4.pmax(c31, low), 16); o += outStride;
    }
    b += (<usize>k) << 5; out += 32;
    if (bias != 0) bias += 32;
  }
  if (n > 0) {
    const bias0 = bias == 0 ? zeros() : v128.load(bias);
    let p = a, o = out;
    for (let r = 0; r < rows; r += 4) {
      const end = p + panel;
      let w = b;
      let c0 = bias0, c1 = bias0, c2 = bias0, c3 = bias0;
      while (p < end) {
        const f = v128.load(p), u = v128.load(w);
        c0 = madd(lane0(f), u, c0); c1 = madd(lane1(f), u, c1); c2 = madd(lane2(f), u, c2); c3 = madd(lane3(f), u, c3);
        p += 16; w += 16;
      }
      v128.store(o, f32x4.pmax(c0, low)); o += outStride; v128.store(o, f32x4.pmax(c1, low)); o += outStride;
      v128.store(o, f32x4.pmax(c2, low)); o += outStride; v128.store(o, f32x4.pmax(c3, low)); o += outStride;
    }
  }
}

/** One panel times B, with bias and ReLU, to a panel [n][4]. */
// @ts-ignore: decorator
@inline
export function panelToPanel(a: usize, k: i32, b: usize, n: i32, bias: usize, to: usize): void {
  const end = a + ((<usize>k) << 4);
  for (; n >= 8; n -= 8) {
    let p = a, w = b;
    let c00 = v128.load(bias), c01 = v128.load(bias, 16);
    let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
    let f: v128, s: v128, u: v128, v: v128;
    while (p < end) {
      f = v128.load(p); u = v128.load(w); v = v128.load(w, 16);
      s = lane0(f); c00 = madd(s, u, c00); c01 = madd(s, v, c01);
      s = lane1(f); c10 = madd(s, u, c10); c11 = madd(s, v, c11);
      s = lane2(f); c20 = madd(s, u, c20); c21 = madd(s, v, c21);
      s = lane3(f); c30 = madd(s, u, c30); c31 = madd(s, v, c31);
      p += 16; w += 32;
    }
    const low = zeros();
    storeTransposed(f32x4.pmax(c00, low), f32x4.pmax(c10, low), f32x4.pmax(c20, low), f32x4.pmax(c30, low), to);
    storeTransposed(f32x4.pmax(c01, low), f32x4.pmax(c11, low), f32x4.pmax(c21, low), f32x4.pmax(c31, low), to + 64);
    b = w; bias += 32; to += 128;
  }
  if (n > 0) {
    let p = a, w = b;
    let c0 = v128.load(bias), c1 = c0, c2 = c0, c3 = c0;
    while (p < end) {
      const f = v128.load(p), u = v128.load(w);
      c0 = madd(lane0(f), u, c0); c1 = madd(lane1(f), u, c1); c2 = madd(lane2(f), u, c2); c3 = madd(lane3(f), u, c3);
      p += 16; w += 16;
    }
    const low = zeros();
    storeTransposed(f32x4.pmax(c0, low), f32x4.pmax(c1, low), f32x4.pmax(c2, low), f32x4.pmax(c3, low), to);
  }
}

/** One panel times B, with bias and ReLU, times a last column `last` [n]: a number for each of its four rows. */
// @ts-ignore: decorator
@inline
export function panelToNumbers(a: usize, k: i32, b: usize, n: i32, bias: usize, last: usize): v128 {
  const end = a + ((<usize>k) << 4), low = zeros();
  let s0 = low, s1 = low, s2 = low, s3 = low;
  for (; n >= 4; ) {
    let p = a, w = b;
    if (n >= 8) {
      let c00 = v128.load(bias), c01 = v128.load(bias, 16);
      let c10 = c00, c11 = c01, c20 = c00, c21 = c01, c30 = c00, c31 = c01;
      let f: v128, s: v128, u: v128, v: v128;
      while (p < end) {
        f = v128.load(p); u = v128.load(w); v = v128.load(w, 16);
        s = lane0(f); c00 = madd(s, u, c00); c01 = madd(s, v, c01);
        s = lane1(f); c10 = madd(s, u, c10); c11 = madd(s, v, c11);
        s = lane2(f); c20 = madd(s, u, c20); c21 = madd(s, v, c21);
        s = lane3(f); c30 = madd(s, u, c30); c31 = madd(s, v, c31);
        p += 16; w += 32;
      }
      u = v128.load(last); v = v128.load(last, 16);
      s0 = madd(f32x4.pmax(c00, low), u, madd(f32x4.pmax(c01, low), v, s0));
      s1 = madd(f32x4.pmax(c10, low), u, madd(f32x4.pmax(c11, low), v, s1));
      s2 = madd(f32x4.pmax(c20, low), u, madd(f32x4.pmax(c21, low), v, s2));
      s3 = madd(f32x4.pmax(c30, low), u, madd(f32x4.pmax(c31, low), v, s3));
      n -= 8; bias += 32; last += 32;
    } else {
      let c0 = v128.load(bias), c1 = c0, c2 = c0, c3 = c0;
      while (p < end) {
        const f = v128.load(p), u = v128.load(w);
        c0 = madd(lane0(f), u, c0); c1 = madd(lane1(f), u, c1); c2 = madd(lane2(f), u, c2); c3 = madd(lane3(f), u, c3);
        p += 16; w += 16;
      }
      const u = v128.load(last);
      s0 = madd(f32x4.pmax(c0, low), u, s0); s1 = madd(f32x4.pmax(c1, low), u, s1);
      s2 = madd(f32x4.pmax(c2, low), u, s2); s3 = madd(f32x4.pmax(c3, low), u, s3);
      n -= 4; bias += 16; last += 16;
    }
    b = w;
  }
  return sumsOf(s0, s1, s2, s3);
}

/** Rows [rows, channels] to panels; rows and channels are multiples of 4. */
export function packPanels(x: usize, rows: i32, channels: i32, to: usize): void {
  const row = (<usize>channels) << 2;
  for (let r = 0; r < rows; r += 4) {
    for (let c: usize = 0; c < row; c += 16) {
      const from = x + c;
      storeTransposed(v128.load(from), v128.load(from + row), v128.load(from + 2 * row), v128.load(from + 3 * row), to);
      to += 64;
    }
    x += 4 * row;
  }
}
