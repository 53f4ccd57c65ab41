import { multiplyPanels } from './engine-panels';
import { multiplyAddClamp, packedOffset } from './gemm';
import { loadStrided, padded } from './simd';

/** A matrix [k, n] packed for `multiply`; k and n are multiples of 4. */
export function prepareDense(matrix: usize, k: i32, n: i32, to: usize): void {
  for (let i = 0; i < k; i++)
    for (let o = 0; o < n; o += 4) v128.store(to + packedOffset(i, o, k, n), v128.load(matrix + ((<usize>(i * n + o)) << 2)));
}

/** A product of matrices with bias and lower bound: a 1×1 convolution. @param x [rows, k] @param out [rows, n], elsewhere */
export function dense(x: usize, rows: i32, k: i32, packed: usize, bias: usize, low: f32, out: usize, n: i32): void {
  multiplyAddClamp(x, (<usize>k) << 2, rows, k, packed, n, out, (<usize>n) << 2, bias, low);
}

/** Bytes of a row of an image [width + 2, channels] with room to read four pixels beyond its end. */
// @ts-ignore: decorator
@inline
function stagedRow(width: i32, channels: i32): usize {
  return (<usize>((width + 6) * channels) << 2) + 16;
}

/**
 * 3×3 convolution, "same", of an image of few channels, as one product for each row: the nine taps of four pixels are
 * put together as a panel.
 *
 * @param x [height, width, channels], channels not padded
 * @param packed from {@link prepareDense} of [padded(9·channels), outputs]
 * @param scratch three rows (see `stagedRow`), panels of padded(width)·padded(9·channels) floats, padded(width)·outputs floats
 */
export function firstConvolution(x: usize, height: i32, width: i32, channels: i32, packed: usize, bias: usize, low: f32, out: usize, outputs: i32, scratch: usize): void {
  const k = padded(9 * channels), pixel = (<usize>channels) << 2;
  const staged = stagedRow(width, channels), row = <usize>width * pixel, columns = padded(width);
  const panels = scratch + 3 * staged, results = panels + ((<usize>(columns * k)) << 2);
  const outRow = (<usize>(width * outputs)) << 2, lowest = f32x4.splat(low);
  memory.fill(scratch, 0, 3 * staged + ((<usize>(columns * k)) << 2));
  if (height > 0) memory.copy(scratch + 2 * staged + pixel, x, row);
  for (let y = 0; y < height; y++) {
    memory.copy(scratch, scratch + staged, 2 * staged);
    if (y + 1 < height) memory.copy(scratch + 2 * staged + pixel, x + <usize>(y + 1) * row, row);
    else memory.fill(scratch + 2 * staged + pixel, 0, row);
    let to = panels;
    for (let q: usize = 0; q < <usize>width; q += 4) {
      for (let dy: usize = 0; dy < 3; dy++) {
        // Three columns of taps and their channels lie one after the other.
        let from = scratch + dy * staged + q * pixel;
        const end = from + 3 * pixel;
        for (; from < end; from += 4) {
          v128.store(to, channels == 1 ? v128.load(from) : loadStrided(from, pixel, 4));
          to += 16;
        }
      }
      to += (<usize>(k - 9 * channels)) << 4;
    }
    // The last panel may stand for pixels beyond the row.
    multiplyPanels(panels, columns, k, packed, outputs, columns == width ? out : results, (<usize>outputs) << 2, bias, lowest);
    if (columns != width) memory.copy(out, results, outRow);
    out += outRow;
  }
}
