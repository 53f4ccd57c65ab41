import { loadLanes, storeLanes } from './simd';

/**
 * Copies blocks of floats that lie regularly in memory: what concatenation, splitting and slicing come down to.
 *
 * @param bytes of a block, a multiple of 4; blocks lie `fromStride` and `toStride` bytes apart
 * @param begin, end blocks
 */
export function copyBlocks(from: usize, fromStride: usize, to: usize, toStride: usize, bytes: usize, begin: i32, end: i32, worker: i32): void {
  from += <usize>begin * fromStride;
  to += <usize>begin * toStride;
  if (bytes == fromStride && bytes == toStride) {
    memory.copy(to, from, <usize>(end - begin) * bytes);
    return;
  }
  for (let i = begin; i < end; i++) {
    if (bytes == 4) {
      store<f32>(to, load<f32>(from));
    } else if (bytes < 1024) {
      const whole = bytes & ~15;
      for (let b: usize = 0; b < whole; b += 16) v128.store(to + b, v128.load(from + b));
      if (whole < bytes) storeLanes(to + whole, loadLanes(from + whole, <i32>(bytes - whole) >> 2), <i32>(bytes - whole) >> 2);
    } else {
      memory.copy(to, from, bytes);
    }
    from += fromStride;
    to += toStride;
  }
}
