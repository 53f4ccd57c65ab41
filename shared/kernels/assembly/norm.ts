import { loadLanes, storeLanes, zeros } from './simd';

/** Vectors that are added up before their sum is added to the total: long sums keep their digits. */
const GROUP: i32 = 128;

/** Below this, a norm's gradient is that of a norm this large, instead of infinite. */
const SMALLEST: f32 = 1e-12;

/**
 * out[i] = ‖wᵢ‖₂ of many tensors.
 *
 * @param table [tensors][3] of u32: address, address of the gradient (not used), and the element count
 * @param begin, end tensors
 */
export function tensorNorms(table: usize, out: usize, begin: i32, end: i32, worker: i32): void {
  for (let i = begin; i < end; i++) {
    const entry = table + <usize>i * 12;
    let at = <usize>load<u32>(entry), left = <i32>load<u32>(entry, 8);
    let total = zeros();
    while (left > 0) {
      let group = zeros();
      for (let vectors = GROUP; vectors > 0 && left > 0; vectors--) {
        const v = loadLanes(at, min(4, left));
        group = f32x4.add(group, f32x4.mul(v, v));
        at += 16; left -= 4;
      }
      total = f32x4.add(total, group);
    }
    const sum = f32x4.extract_lane(total, 0) + f32x4.extract_lane(total, 1) + (f32x4.extract_lane(total, 2) + f32x4.extract_lane(total, 3));
    store<f32>(out + (<usize>i << 2), sqrt<f32>(sum));
  }
}

/**
 * Gradient of s·Σ‖wᵢ‖₂ for each tensor: s·wᵢ / ‖wᵢ‖₂.
 *
 * @param table [tensors][3] of u32: address, address of the gradient, and the element count
 * @param scale address of s
 * @param norms of the tensors
 * @param begin, end tensors
 */
export function tensorNormGradients(table: usize, scale: usize, norms: usize, begin: i32, end: i32, worker: i32): void {
  for (let i = begin; i < end; i++) {
    const entry = table + <usize>i * 12;
    let from = <usize>load<u32>(entry), to = <usize>load<u32>(entry, 4);
    const factor = f32x4.splat(load<f32>(scale) / max<f32>(load<f32>(norms + (<usize>i << 2)), SMALLEST));
    for (let left = <i32>load<u32>(entry, 8); left > 0; left -= 4) {
      const lanes = min(4, left);
      storeLanes(to, f32x4.mul(loadLanes(from, lanes), factor), lanes);
      from += 16; to += 16;
    }
  }
}
