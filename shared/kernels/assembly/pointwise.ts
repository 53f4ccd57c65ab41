import { multiplyAddClamp, multiplyTransposed, packedOffset } from './gemm';
import { loadLanes, loadStrided, padded, storeLanes, zeros } from './simd';
import { stagePixels } from './stage';
import { reduceBias, sumOverShares, sumRows } from './winograd-gradient';

/** Pixels whose staged copies stay in the first-level cache. */
const BLOCK: i32 = 64;

/**
 * A 1×1 filter packed for {@link multiplyAddClamp}, followed by its bias [padded outputs].
 * @param row, column bytes from an input channel, an output channel to the next
 * @param bias [outputs], or 0 for none
 */
export function pointwiseFilter(w: usize, row: usize, column: usize, bias: usize, inputs: i32, outputs: i32, packed: usize): void {
  const depth = padded(inputs), n = padded(outputs);
  const biases = packed + ((<usize>(depth * n)) << 2);
  for (let o = 0; o < n; o += 4) {
    const lanes = min(4, outputs - o);
    for (let i = 0; i < depth; i++) {
      const from = w + <usize>i * row + <usize>o * column;
      const v = i >= inputs ? zeros() : column == 4 ? loadLanes(from, lanes) : loadStrided(from, column, lanes);
      v128.store(packed + packedOffset(i, o, depth, n), v);
    }
    v128.store(biases + (<usize>o << 2), bias == 0 ? zeros() : loadLanes(bias + (<usize>o << 2), lanes));
  }
}

/**
 * 1×1 convolution with bias and lower bound.
 *
 * @param x [pixels, inputs]; `mask` of the same shape: x counts as 0 where it is not above 0 (0: no mask)
 * @param packed from {@link pointwiseFilter}
 * @param low 0 for ReLU, −∞ for none
 * @param begin, end pixels
 */
export function pointwiseConvolution(x: usize, mask: usize, inputs: i32, packed: usize, out: usize, outputs: i32, low: f32, scratch: usize, scratchStride: usize, begin: i32, end: i32, worker: i32): void {
  const depth = padded(inputs), n = padded(outputs);
  const staged = scratch + <usize>worker * scratchStride;
  const results = staged + ((<usize>(BLOCK * depth)) << 2);
  const bias = packed + ((<usize>(depth * n)) << 2);
  const wide = (<usize>n) << 2;
  for (let p = begin; p < end; p += BLOCK) {
    const pixels = min(BLOCK, end - p);
    const from = (<usize>p * <usize>inputs) << 2;
    let a = x + from;
    if (mask != 0 || depth != inputs) {
      stagePixels(a, mask == 0 ? 0 : mask + from, pixels, inputs, staged);
      a = staged;
    }
    let to = out + ((<usize>p * <usize>outputs) << 2);
    const direct = n == outputs;
    multiplyAddClamp(a, (<usize>depth) << 2, pixels, depth, packed, n, direct ? to : results, wide, bias, low);
    if (direct) continue;
    for (let q = 0; q < pixels; q++) {
      for (let o = 0; o < outputs; o += 4) {
        const lanes = min(4, outputs - o);
        storeLanes(to, v128.load(results + <usize>q * wide + (<usize>o << 2)), lanes);
        to += (<usize>lanes) << 2;
      }
    }
  }
}

/** Adds xᵀ·dy of pixels to their share's accumulator: [started (64 bytes)][bias: n][depth][n]. */
export function pointwiseFilterGradient(x: usize, dy: usize, mask: usize, inputs: i32, outputs: i32, accumulators: usize, accumulatorStride: usize, share: i32, scratch: usize, scratchStride: usize, begin: i32, end: i32, worker: i32): void {
  const depth = padded(inputs), n = padded(outputs);
  const stagedX = scratch + <usize>worker * scratchStride;
  const stagedDy = stagedX + ((<usize>(BLOCK * depth)) << 2);
  const started = accumulators + <usize>(begin / share) * accumulatorStride;
  const bias = started + 64, products = bias + ((<usize>n) << 2);
  for (let p = begin; p < end; p += BLOCK) {
    const pixels = min(BLOCK, end - p);
    let a = x + ((<usize>p * <usize>inputs) << 2);
    if (depth != inputs) {
      stagePixels(a, 0, pixels, inputs, stagedX);
      a = stagedX;
    }
    const from = (<usize>p * <usize>outputs) << 2;
    let d = dy + from;
    if (mask != 0 || n != outputs) {
      stagePixels(d, mask == 0 ? 0 : mask + from, pixels, outputs, stagedDy);
      d = stagedDy;
    }
    const accumulate = load<i32>(started) != 0;
    store<i32>(started, 1);
    multiplyTransposed(a, (<usize>depth) << 2, depth, d, (<usize>n) << 2, n, pixels, products, accumulate);
    sumRows(d, pixels, n, bias, accumulate);
  }
}

/** All shares' accumulators to the filter gradient [inputs, outputs] and the bias gradient. */
export function reducePointwiseFilterGradient(accumulators: usize, stride: usize, shares: i32, inputs: i32, outputs: i32, dFilter: usize, dBias: usize): void {
  const n = padded(outputs);
  reduceBias(accumulators, stride, shares, outputs, dBias);
  for (let i = 0; i < inputs; i++) {
    for (let o = 0; o < outputs; o += 4) {
      const s = sumOverShares(accumulators, stride, shares, 64 + ((<usize>(n + i * n + o)) << 2));
      storeLanes(dFilter + ((<usize>(i * outputs + o)) << 2), s, min(4, outputs - o));
    }
  }
}
