/**
 * The nine taps of four filters, [9] vectors, from filters [3, 3, depth, n] that are stored as 32-bit floats or, where
 * there are `scales` [n], as 8-bit integers.
 *
 * @param at index of the first tap of the first filter
 */
export function loadTaps(filters: usize, scales: usize, at: i32, step: i32, column: i32, taps: usize): void {
  if (scales == 0) {
    let from = filters + ((<usize>at) << 2);
    for (let t: usize = 0; t < 9; t++) {
      v128.store(taps + (t << 4), v128.load(from));
      from += (<usize>step) << 2;
    }
    return;
  }
  const scale = v128.load(scales + ((<usize>column) << 2));
  let from = filters + <usize>at;
  for (let t: usize = 0; t < 9; t++) {
    const words = i32x4.extend_low_i16x8_s(i16x8.extend_low_i8x16_s(v128.load32_zero(from)));
    v128.store(taps + (t << 4), f32x4.mul(f32x4.convert_i32x4_s(words), scale));
    from += step;
  }
}
