import { multiplyTransposed } from './gemm';
import { padded, storeLanes, zeros } from './simd';
import { clearSides, stageRows } from './stage';
import { planeBytes, tilesAlong, transformInputs } from './winograd';
import { filterGradientTransform, gradientColumns, gradientTransform } from './winograd-transforms';

/*
 * The gradient of a 3×3 convolution for its filter: dg = Gᵀ[Σ_tiles (Bᵀ d B) ⊙ (A dy Aᵀ)]G, the exact transpose of
 * Winograd's formula, so that it costs a quarter of the multiplications too. At the point (1, 1) A dy Aᵀ is the sum
 * over the tile: the bias gradient comes for free.
 *
 * The rows of tiles are divided into shares whose number follows from the shape alone, and each share is summed into an
 * accumulator of its own: [started (64 bytes)][bias: n][36][depth][n]. So the order of additions, and with it the last
 * bit of the result, depends neither on which thread took which share nor on how many threads there are.
 */

/** Tells that an accumulator holds nothing yet. */
export function clearFlag(accumulator: usize): void {
  store<i32>(accumulator, 0);
}

/** Rows 4·ty to 4·ty + 3 of a gradient to A dy Aᵀ [36][…][n], one row of tiles: as {@link transformInputs}, with a band [6][4·tiles][n]. */
function transformGradients(dy: usize, mask: usize, height: i32, width: i32, outputs: i32, ty: i32, staged: usize, band: usize, to: usize, plane: usize): void {
  const n = padded(outputs), tiles = tilesAlong(width), top = 4 * ty;
  const pixel = (<usize>n) << 2, row = <usize>width * pixel, bandRow = <usize>(4 * tiles) * pixel;
  if (n == outputs && top + 4 <= height) {
    gradientColumns(dy + <usize>top * row, mask == 0 ? 0 : mask - dy, row, row, band, bandRow);
  } else {
    stageRows(dy, mask, height, width, outputs, top, 4, staged);
    gradientColumns(staged, 0, row, row, band, bandRow);
  }
  for (let t = 0; t < tiles; t++) {
    for (let c: usize = 0; c < pixel; c += 16) {
      let from = band + c, y = to + c;
      for (let r = 0; r < 6; r++) {
        gradientTransform(from, pixel, y, plane);
        from += bandRow;
        y += 6 * plane;
      }
    }
    band += 4 * pixel;
    to += pixel;
  }
}

/** acc[n] (+)= sum over rows of y [rows, n]. */
export function sumRows(y: usize, rows: i32, n: i32, acc: usize, accumulate: bool): void {
  const stride = (<usize>n) << 2;
  for (let c: usize = 0; c < stride; c += 16) {
    let s = accumulate ? v128.load(acc + c) : zeros();
    for (let r: usize = 0; r < <usize>rows; r++) s = f32x4.add(s, v128.load(y + c + r * stride));
    v128.store(acc + c, s);
  }
}

/**
 * Adds the products of rows of tiles to their share's accumulator.
 *
 * @param x [N, height, width, inputs]
 * @param dy [N, height, width, outputs], masked by `mask` (the ReLU's output; 0: none)
 * @param share rows of tiles of a share; begin is a multiple of it
 * @param begin, end rows of tiles, counted over all images
 */
export function winogradFilterGradient(x: usize, dy: usize, mask: usize, height: i32, width: i32, inputs: i32, outputs: i32, accumulators: usize, accumulatorStride: usize, share: i32, blockRows: i32, scratch: usize, scratchStride: usize, begin: i32, end: i32, worker: i32): void {
  const tilesY = tilesAlong(height), tilesX = tilesAlong(width);
  const depth = padded(inputs), n = padded(outputs);
  const inImage = (<usize>(height * width * inputs)) << 2, outImage = (<usize>(height * width * outputs)) << 2;
  const room = blockRows * tilesX;
  const vPlane = planeBytes(room, depth), yPlane = planeBytes(room, n);
  const temporary = scratch + <usize>worker * scratchStride;
  const pixel = (<usize>depth) << 2, outPixel = (<usize>n) << 2;
  const inBand = temporary, inBandRow = <usize>(4 * tilesX + 2) * pixel;
  const outBand = inBand + 6 * inBandRow, outBandRow = <usize>(4 * tilesX) * outPixel;
  const staged = outBand + 6 * outBandRow;
  const v = staged + <usize>(6 * width) * max(pixel, outPixel);
  const y = v + 36 * vPlane;
  const started = accumulators + <usize>(begin / share) * accumulatorStride;
  const bias = started + 64;
  const products = bias + outPixel;
  clearSides(inBand, 6, inBandRow, pixel, <usize>width * pixel);
  clearSides(outBand, 6, outBandRow, 0, <usize>width * outPixel);
  for (let first = begin; first < end; first += blockRows) {
    const rows = min(blockRows, end - first);
    for (let r = 0; r < rows; r++) {
      const image = <usize>((first + r) / tilesY), ty = (first + r) % tilesY;
      transformInputs(x + image * inImage, 0, height, width, inputs, ty, staged, inBand, v + <usize>(r * tilesX) * pixel, vPlane);
      const from = image * outImage;
      transformGradients(dy + from, mask == 0 ? 0 : mask + from, height, width, outputs, ty, staged, outBand, y + <usize>(r * tilesX) * outPixel, yPlane);
    }
    const accumulate = load<i32>(started) != 0;
    store<i32>(started, 1);
    for (let k: usize = 0; k < 36; k++)
      multiplyTransposed(v + k * vPlane, (<usize>depth) << 2, depth, y + k * yPlane, (<usize>n) << 2, n, rows * tilesX, products + k * planeBytes(depth, n), accumulate);
    sumRows(y + 7 * yPlane, rows * tilesX, n, bias, accumulate);
  }
}

/** Sum over the shares that held something, of the vector `offset` bytes into their accumulators. */
export function sumOverShares(accumulators: usize, stride: usize, shares: i32, offset: usize): v128 {
  let s = zeros();
  for (let i = 0; i < shares; i++) {
    if (load<i32>(accumulators) != 0) s = f32x4.add(s, v128.load(accumulators + offset));
    accumulators += stride;
  }
  return s;
}

/** Bias gradient [outputs] of all shares' accumulators. */
export function reduceBias(accumulators: usize, stride: usize, shares: i32, outputs: i32, dBias: usize): void {
  for (let o = 0; o < outputs; o += 4)
    storeLanes(dBias + (<usize>o << 2), sumOverShares(accumulators, stride, shares, 64 + (<usize>o << 2)), min(4, outputs - o));
}

/**
 * All shares' accumulators to the filter gradient [3, 3, inputs, outputs] and the bias gradient.
 * @param begin, end input channels
 */
export function reduceWinogradFilterGradient(accumulators: usize, stride: usize, shares: i32, inputs: i32, outputs: i32, dFilter: usize, dBias: usize, scratch: usize, scratchStride: usize, begin: i32, end: i32, worker: i32): void {
  const depth = padded(inputs), n = padded(outputs);
  const sums = scratch + <usize>worker * scratchStride, half = sums + 36 * 16, taps = half + 18 * 16;
  if (begin == 0) reduceBias(accumulators, stride, shares, outputs, dBias);
  for (let i = begin; i < end; i++) {
    for (let o = 0; o < outputs; o += 4) {
      const at = 64 + ((<usize>(n + i * n + o)) << 2);
      for (let k: usize = 0; k < 36; k++)
        v128.store(sums + (k << 4), sumOverShares(accumulators, stride, shares, at + k * planeBytes(depth, n)));
      for (let y: usize = 0; y < 6; y++) filterGradientTransform(sums + y * 96, 16, half + y * 48, 16);
      for (let x: usize = 0; x < 3; x++) filterGradientTransform(half + x * 16, 48, taps + x * 16, 48);
      for (let t: usize = 0; t < 9; t++)
        storeLanes(dFilter + (((t * <usize>inputs + <usize>i) * <usize>outputs + <usize>o) << 2), v128.load(taps + (t << 4)), min(4, outputs - o));
    }
  }
}
