import { multiply, packedOffset } from './gemm';
import { loadLanes, loadStrided, padded, storeLanes, zeros } from './simd';
import { clearSides, stageRows } from './stage';
import { filterTransform, inputColumns, inputTransform, outputRow, outputTransform } from './winograd-transforms';

/** Tiles of 4 outputs that cover a side. */
// @ts-ignore: decorator
@inline
export function tilesAlong(side: i32): i32 {
  return (side + 3) >> 2;
}

/** Bytes from one of the 36 planes to the next. The added cache line keeps them from falling on each other in the cache. */
// @ts-ignore: decorator
@inline
export function planeBytes(tiles: i32, channels: i32): usize {
  return ((<usize>(tiles * channels)) << 2) + 64;
}

/**
 * Filters to the frequency domain, packed as the right side of {@link multiply}: [36][packed in × out].
 *
 * @param w first tap; `tap`, `row`, `column` are the bytes from a tap, an input channel, an output channel to the next.
 *   A negative `tap` from the last tap gives the rotated filter, which the gradient for the input needs.
 * @param begin, end padded input channels to prepare
 */
export function winogradFilter(w: usize, tap: isize, row: usize, column: usize, inputs: i32, outputs: i32, u: usize, scratch: usize, scratchStride: usize, begin: i32, end: i32, worker: i32): void {
  const depth = padded(inputs), n = padded(outputs);
  const plane = planeBytes(depth, n);
  const taps = scratch + <usize>worker * scratchStride, half = taps + 9 * 16;
  for (let i = begin; i < end; i++) {
    for (let o = 0; o < n; o += 4) {
      const lanes = min(4, outputs - o);
      const g = w + <usize>i * row + <usize>o * column;
      for (let t = 0; t < 9; t++) {
        const from = g + <usize>(<isize>t * tap);
        v128.store(taps + (<usize>t << 4), i >= inputs ? zeros() : column == 4 ? loadLanes(from, lanes) : loadStrided(from, column, lanes));
      }
      for (let y: usize = 0; y < 3; y++) filterTransform(taps + y * 48, 16, half + y * 96, 16);
      const to = u + packedOffset(i, o, depth, n);
      for (let x: usize = 0; x < 6; x++) filterTransform(half + x * 16, 96, to + x * plane, 6 * plane);
    }
  }
}

/**
 * Rows 4·ty − 1 to 4·ty + 4 of an image to V [36][…][depth], one row of tiles.
 *
 * @param staged room for six rows of the image, padded
 * @param band room for [6][4·tiles + 2][depth], with zeros in the columns outside the image: see {@link clearSides}
 * @param to first tile in the first plane
 */
export function transformInputs(x: usize, mask: usize, height: i32, width: i32, inputs: i32, ty: i32, staged: usize, band: usize, to: usize, plane: usize): void {
  const depth = padded(inputs), tiles = tilesAlong(width), top = 4 * ty - 1;
  const pixel = (<usize>depth) << 2, row = <usize>width * pixel, bandRow = <usize>(4 * tiles + 2) * pixel;
  if (depth == inputs && top >= 0 && top + 6 <= height) {
    inputColumns(x + <usize>top * row, mask == 0 ? 0 : mask - x, row, row, band + pixel, bandRow);
  } else {
    stageRows(x, mask, height, width, inputs, top, 6, staged);
    inputColumns(staged, 0, row, row, band + pixel, bandRow);
  }
  for (let t = 0; t < tiles; t++) {
    for (let c: usize = 0; c < pixel; c += 16) {
      let from = band + c, v = to + c;
      for (let y = 0; y < 6; y++) {
        inputTransform(from, pixel, v, plane);
        from += bandRow;
        v += 6 * plane;
      }
    }
    band += 4 * pixel;
    to += pixel;
  }
}

/** One row of tiles of M [36][…][padded outputs] to outputs, with bias and lower bound; nothing beyond the image is written. */
function transformOutputs(m: usize, plane: usize, tiles: i32, outputs: i32, bias: usize, low: f32, temporary: usize, out: usize, rows: i32, width: i32): void {
  const lowest = f32x4.splat(low);
  const pixel = (<usize>outputs) << 2, wide = (<usize>padded(outputs)) << 2;
  const row = <usize>width * pixel;
  const outside = temporary + 24 * 16;
  for (let t = 0; t < tiles; t++) {
    const columns = min(4, width - 4 * t);
    for (let o = 0; o < outputs; o += 4) {
      const lanes = min(4, outputs - o);
      const b = bias == 0 ? zeros() : loadLanes(bias + (<usize>o << 2), lanes);
      const from = m + (<usize>o << 2);
      for (let x: usize = 0; x < 6; x++) outputTransform(from + x * plane, 6 * plane, temporary + x * 16, 96);
      let to = out + (<usize>o << 2), products = temporary;
      for (let y = 0; y < rows; y++) {
        if (lanes == 4 && columns == 4) {
          outputRow(products, b, lowest, to, pixel);
        } else {
          outputRow(products, b, lowest, outside, 16);
          for (let x = 0; x < columns; x++) storeLanes(to + <usize>x * pixel, v128.load(outside + (<usize>x << 4)), lanes);
        }
        products += 96;
        to += row;
      }
    }
    m += wide;
    out += 4 * pixel;
  }
}

/**
 * 3×3 convolution, stride 1, "same" padding, with bias and lower bound.
 *
 * @param x [N, height, width, inputs]; `mask` of the same shape: x counts as 0 where it is not above 0 (0: no mask)
 * @param u from {@link winogradFilter}
 * @param bias [outputs], or 0 for none
 * @param low 0 for ReLU, −∞ for none
 * @param blockRows rows of tiles that share one pass over u
 * @param begin, end rows of tiles, counted over all images
 */
export function winogradConvolution(x: usize, mask: usize, height: i32, width: i32, inputs: i32, u: usize, bias: usize, out: usize, outputs: i32, low: f32, blockRows: i32, scratch: usize, scratchStride: usize, begin: i32, end: i32, worker: i32): void {
  const tilesY = tilesAlong(height), tilesX = tilesAlong(width);
  const depth = padded(inputs), n = padded(outputs);
  const inImage = (<usize>(height * width * inputs)) << 2, outImage = (<usize>(height * width * outputs)) << 2;
  const room = padded(blockRows * tilesX);
  const vPlane = planeBytes(room, depth), mPlane = planeBytes(room, n);
  const temporary = scratch + <usize>worker * scratchStride;
  const band = temporary + 40 * 16, bandRow = (<usize>((4 * tilesX + 2) * depth)) << 2;
  const staged = band + 6 * bandRow;
  const v = staged + ((<usize>(6 * width * depth)) << 2);
  const m = v + 36 * vPlane;
  clearSides(band, 6, bandRow, (<usize>depth) << 2, (<usize>(width * depth)) << 2);
  for (let first = begin; first < end; first += blockRows) {
    const rows = min(blockRows, end - first);
    for (let r = 0; r < rows; r++) {
      const from = <usize>((first + r) / tilesY) * inImage;
      transformInputs(x + from, mask == 0 ? 0 : mask + from, height, width, inputs, (first + r) % tilesY, staged, band, v + ((<usize>(r * tilesX * depth)) << 2), vPlane);
    }
    for (let k: usize = 0; k < 36; k++)
      multiply(v + k * vPlane, (<usize>depth) << 2, rows * tilesX, depth, u + k * planeBytes(depth, n), n, m + k * mPlane, (<usize>n) << 2);
    for (let r = 0; r < rows; r++) {
      const image = (first + r) / tilesY, ty = (first + r) % tilesY;
      transformOutputs(m + ((<usize>(r * tilesX * n)) << 2), mPlane, tilesX, outputs, bias, low, temporary, out + <usize>image * outImage + ((<usize>(4 * ty * width * outputs)) << 2), min(4, height - 4 * ty), width);
    }
  }
}
