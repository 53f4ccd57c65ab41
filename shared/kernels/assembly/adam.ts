import { loadLanes, storeLanes } from './simd';

/**
 * Adam (Kingma and Ba 2015, algorithm 1) on many variables, in place.
 *
 * @param table [variables][5] of u32: addresses of value, gradient, first moment, second moment, and the element count
 * @param rate step size divided by 1 − β₁ᵗ
 * @param correction 1 / (1 − β₂ᵗ)
 * @param begin, end variables
 */
export function adam(table: usize, rate: f32, beta1: f64, beta2: f64, correction: f32, epsilon: f32, begin: i32, end: i32, worker: i32): void {
  // 1 − β in double precision: from 0.999 in single, it would be off by 5e-5.
  const b1 = f32x4.splat(<f32>beta1), c1 = f32x4.splat(<f32>(1 - beta1)), b2 = f32x4.splat(<f32>beta2), c2 = f32x4.splat(<f32>(1 - beta2));
  const step = f32x4.splat(rate), e = f32x4.splat(epsilon), k = f32x4.splat(correction);
  for (let i = begin; i < end; i++) {
    const entry = table + <usize>i * 20;
    let value = <usize>load<u32>(entry), gradient = <usize>load<u32>(entry, 4);
    let first = <usize>load<u32>(entry, 8), second = <usize>load<u32>(entry, 12);
    for (let left = <i32>load<u32>(entry, 16); left > 0; left -= 4) {
      const lanes = min(4, left);
      const g = loadLanes(gradient, lanes);
      const m = f32x4.add(f32x4.mul(b1, loadLanes(first, lanes)), f32x4.mul(c1, g));
      const s = f32x4.add(f32x4.mul(b2, loadLanes(second, lanes)), f32x4.mul(c2, f32x4.mul(g, g)));
      const delta = f32x4.div(f32x4.mul(step, m), f32x4.add(f32x4.sqrt(f32x4.mul(s, k)), e));
      storeLanes(first, m, lanes);
      storeLanes(second, s, lanes);
      storeLanes(value, f32x4.sub(loadLanes(value, lanes), delta), lanes);
      value += 16; gradient += 16; first += 16; second += 16;
    }
  }
}
