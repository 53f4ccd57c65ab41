import { madd, nmadd } from './simd';
import { masked } from './stage';

/*
 * Winograd's minimal filtering F(4×4, 3×3) (Lavin and Gray 2015, arXiv 1509.09308): y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A,
 * at the points 0, ±1, ±2, ∞. Each function is one dimension of one transform on vectors of four channels; strides
 * are in bytes.
 */

/** Bᵀ of six values, stored. */
// @ts-ignore: decorator
@inline
function storeInputs(d0: v128, d1: v128, d2: v128, d3: v128, d4: v128, d5: v128, to: usize, toStride: usize): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), five = f32x4.splat(5);
  const even = nmadd(four, d2, d4), odd = nmadd(four, d1, d3);
  const even2 = f32x4.sub(d4, d2), odd2 = f32x4.sub(d3, d1);
  v128.store(to, madd(four, d0, nmadd(five, d2, d4)));
  v128.store(to + toStride, f32x4.add(even, odd));
  v128.store(to + 2 * toStride, f32x4.sub(even, odd));
  v128.store(to + 3 * toStride, madd(two, odd2, even2));
  v128.store(to + 4 * toStride, nmadd(two, odd2, even2));
  v128.store(to + 5 * toStride, madd(four, d1, nmadd(five, d3, d5)));
}

/** Six inputs to Bᵀ d. */
// @ts-ignore: decorator
@inline
export function inputTransform(d: usize, stride: usize, to: usize, toStride: usize): void {
  storeInputs(v128.load(d), v128.load(d + stride), v128.load(d + 2 * stride), v128.load(d + 3 * stride), v128.load(d + 4 * stride), v128.load(d + 5 * stride), to, toStride);
}

// @ts-ignore: decorator
@inline
function loadMasked(x: usize, toMask: usize): v128 {
  return masked(v128.load(x), v128.load(x + toMask));
}

/**
 * Bᵀ down the columns of six rows of `bytes` bytes. All channels of all columns at once.
 * @param toMask from x to its mask, or 0 for none
 */
export function inputColumns(x: usize, toMask: usize, stride: usize, bytes: usize, to: usize, toStride: usize): void {
  const end = x + bytes;
  if (toMask == 0) {
    for (; x < end; x += 16, to += 16) inputTransform(x, stride, to, toStride);
    return;
  }
  for (; x < end; x += 16, to += 16) {
    const x2 = x + 2 * stride, x4 = x + 4 * stride;
    storeInputs(loadMasked(x, toMask), loadMasked(x + stride, toMask), loadMasked(x2, toMask), loadMasked(x2 + stride, toMask), loadMasked(x4, toMask), loadMasked(x4 + stride, toMask), to, toStride);
  }
}

/** Six products to Aᵀ m: four outputs. */
// @ts-ignore: decorator
@inline
export function outputTransform(m: usize, stride: usize, to: usize, toStride: usize): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  const m0 = v128.load(m), m1 = v128.load(m + stride), m2 = v128.load(m + 2 * stride);
  const m3 = v128.load(m + 3 * stride), m4 = v128.load(m + 4 * stride), m5 = v128.load(m + 5 * stride);
  const sum1 = f32x4.add(m1, m2), difference1 = f32x4.sub(m1, m2);
  const sum2 = f32x4.add(m3, m4), difference2 = f32x4.sub(m3, m4);
  v128.store(to, f32x4.add(f32x4.add(m0, sum1), sum2));
  v128.store(to + toStride, madd(two, difference2, difference1));
  v128.store(to + 2 * toStride, madd(four, sum2, sum1));
  v128.store(to + 3 * toStride, f32x4.add(madd(eight, difference2, difference1), m5));
}

/** The same for six products 16 bytes apart, with bias and lower bound. */
// @ts-ignore: decorator
@inline
export function outputRow(m: usize, bias: v128, low: v128, to: usize, toStride: usize): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  const m1 = v128.load(m, 16), m2 = v128.load(m, 32), m3 = v128.load(m, 48), m4 = v128.load(m, 64);
  const sum1 = f32x4.add(f32x4.add(m1, m2), bias), difference1 = f32x4.add(f32x4.sub(m1, m2), bias);
  const sum2 = f32x4.add(m3, m4), difference2 = f32x4.sub(m3, m4);
  v128.store(to, f32x4.pmax(f32x4.add(f32x4.add(v128.load(m), sum1), sum2), low));
  v128.store(to + toStride, f32x4.pmax(madd(two, difference2, difference1), low));
  v128.store(to + 2 * toStride, f32x4.pmax(madd(four, sum2, sum1), low));
  v128.store(to + 3 * toStride, f32x4.pmax(f32x4.add(madd(eight, difference2, difference1), v128.load(m, 80)), low));
}

/** A of four values, stored: the transpose of {@link outputTransform}. */
// @ts-ignore: decorator
@inline
function storeGradients(y0: v128, y1: v128, y2: v128, y3: v128, to: usize, toStride: usize): void {
  const two = f32x4.splat(2), four = f32x4.splat(4), eight = f32x4.splat(8);
  const even = f32x4.add(y0, y2), odd = f32x4.add(y1, y3);
  const even2 = madd(four, y2, y0), odd2 = madd(eight, y3, f32x4.mul(two, y1));
  v128.store(to, y0);
  v128.store(to + toStride, f32x4.add(even, odd));
  v128.store(to + 2 * toStride, f32x4.sub(even, odd));
  v128.store(to + 3 * toStride, f32x4.add(even2, odd2));
  v128.store(to + 4 * toStride, f32x4.sub(even2, odd2));
  v128.store(to + 5 * toStride, y3);
}

/** Four output gradients to A y: six. */
// @ts-ignore: decorator
@inline
export function gradientTransform(y: usize, stride: usize, to: usize, toStride: usize): void {
  storeGradients(v128.load(y), v128.load(y + stride), v128.load(y + 2 * stride), v128.load(y + 3 * stride), to, toStride);
}

/** A down the columns of four rows: see {@link inputColumns}. */
export function gradientColumns(y: usize, toMask: usize, stride: usize, bytes: usize, to: usize, toStride: usize): void {
  const end = y + bytes;
  if (toMask == 0) {
    for (; y < end; y += 16, to += 16) gradientTransform(y, stride, to, toStride);
    return;
  }
  for (; y < end; y += 16, to += 16) {
    const y2 = y + 2 * stride;
    storeGradients(loadMasked(y, toMask), loadMasked(y + stride, toMask), loadMasked(y2, toMask), loadMasked(y2 + stride, toMask), to, toStride);
  }
}

/** Three taps to G g: six. */
// @ts-ignore: decorator
@inline
export function filterTransform(g: usize, stride: usize, to: usize, toStride: usize): void {
  const g0 = v128.load(g), g1 = v128.load(g + stride), g2 = v128.load(g + 2 * stride);
  const even = f32x4.mul(f32x4.splat(-1.0 / 6.0), f32x4.add(g0, g2)), odd = f32x4.mul(f32x4.splat(-1.0 / 6.0), g1);
  const even2 = madd(f32x4.splat(1.0 / 6.0), g2, f32x4.mul(f32x4.splat(1.0 / 24.0), g0));
  const odd2 = f32x4.mul(f32x4.splat(1.0 / 12.0), g1);
  v128.store(to, f32x4.mul(f32x4.splat(0.25), g0));
  v128.store(to + toStride, f32x4.add(even, odd));
  v128.store(to + 2 * toStride, f32x4.sub(even, odd));
  v128.store(to + 3 * toStride, f32x4.add(even2, odd2));
  v128.store(to + 4 * toStride, f32x4.sub(even2, odd2));
  v128.store(to + 5 * toStride, g2);
}

/** Six to Gᵀ u: the gradient of three taps. The transpose of {@link filterTransform}. */
// @ts-ignore: decorator
@inline
export function filterGradientTransform(u: usize, stride: usize, to: usize, toStride: usize): void {
  const sixth = f32x4.splat(1.0 / 6.0), twelfth = f32x4.splat(1.0 / 12.0), twentyFourth = f32x4.splat(1.0 / 24.0);
  const u0 = v128.load(u), u1 = v128.load(u + stride), u2 = v128.load(u + 2 * stride);
  const u3 = v128.load(u + 3 * stride), u4 = v128.load(u + 4 * stride), u5 = v128.load(u + 5 * stride);
  const sum1 = f32x4.add(u1, u2), sum2 = f32x4.add(u3, u4);
  v128.store(to, madd(twentyFourth, sum2, nmadd(sixth, sum1, f32x4.mul(f32x4.splat(0.25), u0))));
  v128.store(to + toStride, madd(twelfth, f32x4.sub(u3, u4), f32x4.mul(sixth, f32x4.sub(u2, u1))));
  v128.store(to + 2 * toStride, madd(sixth, f32x4.sub(sum2, sum1), u5));
}
