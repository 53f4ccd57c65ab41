import { multiplyAddClamp } from './gemm';
import { padded, zeros } from './simd';

/** Pixels whose layers stay in the first-level cache. */
const BLOCK: i32 = 64;

/**
 * The decoder on many samples of each image, in one pass over the features: for each pixel and sample
 * last(relu(hidden1(relu(hidden0(relu(x + bias)))))).
 *
 * @param x W_f·features [N, pixels, channels]; channels are a multiple of 4
 * @param biases W_z·z + b [N, samples, channels]
 * @param hidden0, hidden1 [channels → channels] and `last` [channels → 1], from {@link pointwiseFilter}
 * @param out logits [N, pixels, samples]
 * @param scratch 2 × 64 × channels floats for each worker
 * @param begin, end blocks of 64 pixels, counted over all images
 */
export function decodeSamples(x: usize, pixels: i32, channels: i32, biases: usize, samples: i32, hidden0: usize, hidden1: usize, last: usize, out: usize, scratch: usize, scratchStride: usize, begin: i32, end: i32, worker: i32): void {
  const row = (<usize>channels) << 2;
  const a = scratch + <usize>worker * scratchStride, b = a + <usize>BLOCK * row;
  const filterBytes = <usize>channels * row;
  const lastBias = last + (<usize>(channels * padded(1)) << 2);
  const blocks = (pixels + BLOCK - 1) / BLOCK;
  for (let i = begin; i < end; i++) {
    const image = <usize>(i / blocks), first = (i % blocks) * BLOCK, count = min(BLOCK, pixels - first);
    const at = image * <usize>pixels + <usize>first;
    for (let s = 0; s < samples; s++) {
      addRow(x + at * row, biases + (image * <usize>samples + <usize>s) * row, row, count, a);
      multiplyAddClamp(a, row, count, channels, hidden0, channels, b, row, hidden0 + filterBytes, 0);
      multiplyAddClamp(b, row, count, channels, hidden1, channels, a, row, hidden1 + filterBytes, 0);
      multiplyAddClamp(a, row, count, channels, last, 4, b, 16, lastBias, <f32>-Infinity);
      let to = out + ((at * <usize>samples + <usize>s) << 2);
      for (let p: usize = 0; p < <usize>count; p++) {
        store<f32>(to, load<f32>(b + (p << 4)));
        to += (<usize>samples) << 2;
      }
    }
  }
}

/** relu(x + bias) of `count` rows. */
// @ts-ignore: decorator
@inline
function addRow(x: usize, bias: usize, row: usize, count: i32, to: usize): void {
  const zero = zeros();
  for (; count > 0; count--) {
    for (let c: usize = 0; c < row; c += 16) v128.store(to + c, f32x4.pmax(f32x4.add(v128.load(x + c), v128.load(bias + c)), zero));
    x += row;
    to += row;
  }
}
