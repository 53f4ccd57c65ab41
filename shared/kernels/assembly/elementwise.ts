import { sigmoid, softplus } from './exponential';
import { loadLanes, storeLanes } from './simd';

// @ts-ignore: decorator
@inline
function apply(operation: i32, a: v128, b: v128): v128 {
  if (operation == 0) return f32x4.add(a, b);
  if (operation == 1) return f32x4.sub(a, b);
  if (operation == 2) return f32x4.mul(a, b);
  return v128.and(a, f32x4.gt(b, f32x4.splat(0)));
}

/** out[floats] = a ∘ b. The operation is a constant where this is called, so that the loop has no branch. */
// @ts-ignore: decorator
@inline
function combine(operation: i32, a: usize, b: usize, out: usize, floats: i32): void {
  const bytes = (<usize>floats) << 2, whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) v128.store(out + i, apply(operation, v128.load(a + i), v128.load(b + i)));
  if (whole < bytes) {
    const lanes = floats & 3;
    storeLanes(out + whole, apply(operation, loadLanes(a + whole, lanes), loadLanes(b + whole, lanes)), lanes);
  }
}

/**
 * a + b, a − b, a·b or a where b > 0 (operation 0, 1, 2, 3), where b may be broadcast: rows of `floats` elements of a meet one row of b
 * `repeat` times before the next.
 *
 * @param a, out [rows, floats]
 * @param b [⌈rows / repeat⌉, floats]
 * @param begin, end rows
 */
export function combineRows(operation: i32, a: usize, b: usize, out: usize, floats: i32, repeat: i32, begin: i32, end: i32, worker: i32): void {
  const bytes = (<usize>floats) << 2;
  for (let r = begin; r < end; r++) {
    const at = <usize>r * bytes, row = b + <usize>(r / repeat) * bytes;
    if (operation == 0) combine(0, a + at, row, out + at, floats);
    else if (operation == 1) combine(1, a + at, row, out + at, floats);
    else if (operation == 2) combine(2, a + at, row, out + at, floats);
    else combine(3, a + at, row, out + at, floats);
  }
}

// @ts-ignore: decorator
@inline
function evaluate(operation: i32, x: v128): v128 {
  const zero = f32x4.splat(0);
  if (operation == 0) return f32x4.pmax(x, zero);
  if (operation == 1) return v128.bitselect(x, v128.and(f32x4.gt(x, zero), f32x4.splat(1)), f32x4.ne(x, x));
  if (operation == 2) return sigmoid(x);
  return softplus(x);
}

// @ts-ignore: decorator
@inline
function mapRange(operation: i32, x: usize, out: usize, bytes: usize): void {
  const whole = bytes & ~15;
  for (let i: usize = 0; i < whole; i += 16) v128.store(out + i, evaluate(operation, v128.load(x + i)));
  if (whole < bytes) {
    const lanes = (<i32>(bytes - whole)) >> 2;
    storeLanes(out + whole, evaluate(operation, loadLanes(x + whole, lanes)), lanes);
  }
}

/**
 * out[i] = f(x[i]): ReLU, step (1 above 0, else 0), sigmoid or softplus (operation 0, 1, 2, 3). NaN stays NaN.
 * @param begin, end floats
 */
export function mapFloats(operation: i32, x: usize, out: usize, begin: i32, end: i32, worker: i32): void {
  const at = (<usize>begin) << 2, bytes = (<usize>(end - begin)) << 2;
  if (operation == 0) mapRange(0, x + at, out + at, bytes);
  else if (operation == 1) mapRange(1, x + at, out + at, bytes);
  else if (operation == 2) mapRange(2, x + at, out + at, bytes);
  else mapRange(3, x + at, out + at, bytes);
}
