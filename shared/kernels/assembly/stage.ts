import { loadLanes, padded, zeros } from './simd';

/** x where mask > 0, else 0: the gradient of a ReLU whose output was `mask`. */
// @ts-ignore: decorator
@inline
function masked(x: v128, mask: v128): v128 {
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
 * Copies rows of one image, with zeros wherever a row or column lies outside it.
 *
 * @param x the image [height, width, channels]; `mask` as in {@link stagePixels}
 * @param top, left first row and column to copy; may be negative
 * @param to [rows, columns, padded(channels)]
 */
export function stageRows(x: usize, mask: usize, height: i32, width: i32, channels: i32, top: i32, rows: i32, left: i32, columns: i32, to: usize): void {
  const pixel = (<usize>padded(channels)) << 2;
  const before = max(0, -left);
  const inside = min(columns - before, width - max(0, left));
  const after = columns - before - inside;
  for (let r = 0; r < rows; r++) {
    const y = top + r;
    if (y < 0 || y >= height) {
      memory.fill(to, 0, <usize>columns * pixel);
    } else {
      const from = (<usize>((y * width + max(0, left)) * channels)) << 2;
      if (before > 0) memory.fill(to, 0, <usize>before * pixel);
      stagePixels(x + from, mask == 0 ? 0 : mask + from, inside, channels, to + <usize>before * pixel);
      if (after > 0) memory.fill(to + <usize>(before + inside) * pixel, 0, <usize>after * pixel);
    }
    to += <usize>columns * pixel;
  }
}
