import { loadLanes, padded, zeros } from './simd';

/** x where mask > 0, else 0: the gradient of a ReLU whose output was `mask`. */
// @ts-ignore: decorator
@inline
export function masked(x: v128, mask: v128): v128 {
  return v128.and(x, f32x4.gt(mask, zeros()));
}

/**
 * Copies pixels [pixels, channels] to [pixels, padded(channels)], filling the added channels with zeros.
 *
 * @param mask of the shape of x: where it is not above 0, x counts as 0. No mask: address 0.
 */
export function stagePixels(x: usize, mask: usize, pixels: i32, channels: i32, to: usize): void {
  const wide = padded(channels);
  if (wide == channels) {
    const bytes = (<usize>(pixels * channels)) << 2;
    if (mask == 0) {
      memory.copy(to, x, bytes);
      return;
    }
    for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, masked(v128.load(x + i), v128.load(mask + i)));
    return;
  }
  for (let p = 0; p < pixels; p++) {
    for (let c = 0; c < channels; c += 4) {
      const lanes = min(4, channels - c);
      const v = loadLanes(x, lanes);
      v128.store(to, mask == 0 ? v : masked(v, loadLanes(mask, lanes)));
      x += (<usize>lanes) << 2;
      if (mask != 0) mask += (<usize>lanes) << 2;
      to += 16;
    }
  }
}

/**
 * Copies rows of one image, with zeros for rows outside it.
 *
 * @param x the image [height, width, channels]; `mask` as in {@link stagePixels}
 * @param top first row to copy; may be negative
 * @param to [rows, width, padded(channels)]
 */
export function stageRows(x: usize, mask: usize, height: i32, width: i32, channels: i32, top: i32, rows: i32, to: usize): void {
  const row = (<usize>(width * padded(channels))) << 2;
  for (let y = top; y < top + rows; y++) {
    if (y < 0 || y >= height) {
      memory.fill(to, 0, row);
    } else {
      const from = (<usize>(y * width * channels)) << 2;
      stagePixels(x + from, mask == 0 ? 0 : mask + from, width, channels, to);
    }
    to += row;
  }
}

/** Zeros the columns of `rows` rows on both sides of those that hold data; rows are `stride` bytes apart. */
export function clearSides(band: usize, rows: i32, stride: usize, left: usize, inside: usize): void {
  for (let r = 0; r < rows; r++) {
    memory.fill(band, 0, left);
    memory.fill(band + left + inside, 0, stride - left - inside);
    band += stride;
  }
}
