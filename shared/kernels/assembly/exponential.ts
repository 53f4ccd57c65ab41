import { madd, nmadd } from './simd';

/** eˣ to about 2 units in the last place (Cephes' expf: reduction by ln 2, then a polynomial); NaN stays NaN. */
// @ts-ignore: decorator
@inline
export function exponential(x: v128): v128 {
  x = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87.3)), f32x4.splat(88.3));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  // ln 2 in two parts, so that the remainder keeps its digits.
  const r = nmadd(n, f32x4.splat(-2.12194440e-4), nmadd(n, f32x4.splat(0.693359375), x));
  let p = madd(f32x4.splat(1.9875691500e-4), r, f32x4.splat(1.3981999507e-3));
  p = madd(p, r, f32x4.splat(8.3334519073e-3));
  p = madd(p, r, f32x4.splat(4.1665795894e-2));
  p = madd(p, r, f32x4.splat(1.6666665459e-1));
  p = madd(p, r, f32x4.splat(5.0000001201e-1));
  p = f32x4.add(madd(p, f32x4.mul(r, r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}

/** ln m for m in [1, 2] (Cephes' logf). */
// @ts-ignore: decorator
@inline
function logarithm(m: v128): v128 {
  // Above √2, half the number and add ln 2.
  const large = f32x4.gt(m, f32x4.splat(1.41421356));
  const f = f32x4.sub(v128.bitselect(f32x4.mul(m, f32x4.splat(0.5)), m, large), f32x4.splat(1));
  let p = madd(f32x4.splat(7.0376836292e-2), f, f32x4.splat(-1.1514610310e-1));
  p = madd(p, f, f32x4.splat(1.1676998740e-1));
  p = madd(p, f, f32x4.splat(-1.2420140846e-1));
  p = madd(p, f, f32x4.splat(1.4249322787e-1));
  p = madd(p, f, f32x4.splat(-1.6668057665e-1));
  p = madd(p, f, f32x4.splat(2.0000714765e-1));
  p = madd(p, f, f32x4.splat(-2.4999993993e-1));
  p = madd(p, f, f32x4.splat(3.3333331174e-1));
  const square = f32x4.mul(f, f);
  const l = f32x4.add(f, madd(f32x4.mul(p, f), square, f32x4.mul(f32x4.splat(-0.5), square)));
  return f32x4.add(l, v128.and(large, f32x4.splat(0.69314718056)));
}

/** 1 / (1 + e⁻ˣ). */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exponential(f32x4.neg(x))));
}

/** ln(1 + eˣ) = max(x, 0) + ln(1 + e⁻ˡˣˡ), where ln(1 + y) = ln(m)·y/(m − 1) at m = 1 + y, rounded, keeps small y (Kahan). */
// @ts-ignore: decorator
@inline
export function softplus(x: v128): v128 {
  const one = f32x4.splat(1);
  const y = exponential(f32x4.neg(f32x4.abs(x)));
  const m = f32x4.add(one, y);
  const rounded = f32x4.sub(m, one);
  const tiny = f32x4.eq(rounded, f32x4.splat(0));
  const log = v128.bitselect(y, f32x4.div(f32x4.mul(logarithm(m), y), rounded), tiny);
  return f32x4.add(f32x4.pmax(x, f32x4.splat(0)), log);
}
