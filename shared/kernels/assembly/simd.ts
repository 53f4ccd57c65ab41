/** a·b + c: fused where the runtime has relaxed SIMD. The branch is decided when the module is compiled. */
// @ts-ignore: decorator
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** c − a·b. */
// @ts-ignore: decorator
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c);
  return f32x4.sub(c, f32x4.mul(a, b));
}

// @ts-ignore: decorator
@inline
export function zeros(): v128 {
  return f32x4.splat(0);
}

/** Channels rounded up to whole vectors of four. */
// @ts-ignore: decorator
@inline
export function padded(channels: i32): i32 {
  return (channels + 3) & ~3;
}

/** The first `lanes` (1 to 4) floats at `from`; the other lanes are 0. Reads nothing beyond them. */
// @ts-ignore: decorator
@inline
export function loadLanes(from: usize, lanes: i32): v128 {
  return lanes == 4 ? v128.load(from) : loadFew(from, lanes);
}

function loadFew(from: usize, lanes: i32): v128 {
  let v = v128.load32_zero(from);
  if (lanes > 1) v = v128.load32_lane(from + 4, v, 1);
  if (lanes > 2) v = v128.load32_lane(from + 8, v, 2);
  return v;
}

/** Four floats that lie `stride` bytes apart, of which the first `lanes` (1 to 4) exist; the others are 0. */
export function loadStrided(from: usize, stride: usize, lanes: i32): v128 {
  let v = v128.load32_zero(from);
  if (lanes > 1) v = v128.load32_lane(from + stride, v, 1);
  if (lanes > 2) v = v128.load32_lane(from + 2 * stride, v, 2);
  if (lanes > 3) v = v128.load32_lane(from + 3 * stride, v, 3);
  return v;
}

/** Stores the first `lanes` (1 to 4) floats of `v`. */
// @ts-ignore: decorator
@inline
export function storeLanes(to: usize, v: v128, lanes: i32): void {
  if (lanes == 4) v128.store(to, v);
  else storeFew(to, v, lanes);
}

function storeFew(to: usize, v: v128, lanes: i32): void {
  v128.store32_lane(to, v, 0);
  if (lanes > 1) v128.store32_lane(to + 4, v, 1);
  if (lanes > 2) v128.store32_lane(to + 8, v, 2);
}
