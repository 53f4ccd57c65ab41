import { multiplyAddClamp, packedOffset } from './gemm';
import { padded } from './simd';

/** A matrix [k, n] packed for `multiply`; k and n are multiples of 4. */
export function prepareDense(matrix: usize, k: i32, n: i32, to: usize): void {
  for (let i = 0; i < k; i++)
    for (let o = 0; o < n; o += 4) v128.store(to + packedOffset(i, o, k, n), v128.load(matrix + ((<usize>(i * n + o)) << 2)));
}

/** A product of matrices with bias and lower bound: a 1×1 convolution. @param x [rows, k] @param out [rows, n], elsewhere */
export function dense(x: usize, rows: i32, k: i32, packed: usize, bias: usize, low: f32, out: usize, n: i32): void {
  multiplyAddClamp(x, (<usize>k) << 2, rows, k, packed, n, out, (<usize>n) << 2, bias, low);
}

/**
 * 3×3 convolution, "same", of an image of few channels, as one product for each row: the nine taps of a pixel are put
 * side by side.
 *
 * @param x [height, width, channels], channels not padded
 * @param packed from {@link prepareDense} of [padded(9·channels), outputs]
 * @param scratch width·padded(9·channels) floats
 */
export function firstConvolution(x: usize, height: i32, width: i32, channels: i32, packed: usize, bias: usize, low: f32, out: usize, outputs: i32, scratch: usize): void {
  const k = padded(9 * channels);
  const taps = (<usize>k) << 2, row = width * channels;
  memory.fill(scratch, 0, <usize>width * taps);
  for (let y = 0; y < height; y++) {
    for (let dy = 0; dy < 3; dy++) {
      const from = y + dy - 1, inside = from >= 0 && from < height;
      const start = x + ((<usize>(from * row)) << 2);
      for (let q = 0; q < width; q++) {
        const to = scratch + <usize>q * taps + ((<usize>(3 * dy * channels)) << 2);
        for (let dx = 0; dx < 3; dx++) {
          const column = q + dx - 1;
          const seen = inside && column >= 0 && column < width;
          for (let c = 0; c < channels; c++)
            store<f32>(to + ((<usize>(dx * channels + c)) << 2), seen ? load<f32>(start + ((<usize>(column * channels + c)) << 2)) : 0);
        }
      }
    }
    multiplyAddClamp(scratch, taps, width, k, packed, outputs, out, (<usize>outputs) << 2, bias, low);
    out += (<usize>(width * outputs)) << 2;
  }
}
