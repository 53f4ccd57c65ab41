import { depthOf, Layer, outWidthOf, PRODUCTS, TILES } from './engine-layer';
import { columnTable, inputRow } from './engine-rows';
import { loadTaps } from './engine-taps';
import { multiplyPanels, storeTransposed } from './engine-panels';
import { prepareIntegers2 } from './engine-winograd2-integers';
import { packedOffset } from './gemm';
import { padded } from './simd';
import { clearSides } from './stage';
import { planeBytes } from './winograd';

/*
 * F(2×2, 3×3) (Lavin and Gray 2015): where maps are so small and channels so many that reading filters is the cost,
 * its 16 planes are less than half of F(4×4)'s 36.
 */

/** G g. */
// @ts-ignore: decorator
@inline
function filterTransform(g: usize, stride: usize, to: usize, toStride: usize): void {
  const half = f32x4.splat(0.5);
  const g0 = v128.load(g), g1 = v128.load(g + stride), g2 = v128.load(g + 2 * stride);
  const even = f32x4.mul(half, f32x4.add(g0, g2)), odd = f32x4.mul(half, g1);
  v128.store(to, g0);
  v128.store(to + toStride, f32x4.add(even, odd));
  v128.store(to + 2 * toStride, f32x4.sub(even, odd));
  v128.store(to + 3 * toStride, g2);
}

/** Bᵀ d. */
// @ts-ignore: decorator
@inline
function inputTransform(d: usize, stride: usize, to: usize, toStride: usize): void {
  const d0 = v128.load(d), d1 = v128.load(d + stride), d2 = v128.load(d + 2 * stride), d3 = v128.load(d + 3 * stride);
  v128.store(to, f32x4.sub(d0, d2));
  v128.store(to + toStride, f32x4.add(d1, d2));
  v128.store(to + 2 * toStride, f32x4.sub(d2, d1));
  v128.store(to + 3 * toStride, f32x4.sub(d1, d3));
}

/** Aᵀ m. */
// @ts-ignore: decorator
@inline
function outputTransform(m: usize, stride: usize, to: usize, toStride: usize): void {
  const m1 = v128.load(m + stride), m2 = v128.load(m + 2 * stride);
  v128.store(to, f32x4.add(v128.load(m), f32x4.add(m1, m2)));
  v128.store(to + toStride, f32x4.sub(f32x4.sub(m1, m2), v128.load(m + 3 * stride)));
}

/** Filters, as `loadTaps` reads them, to 16 planes, packed for `multiply`. @param scratch 21 vectors */
export function prepareWinograd2(filters: usize, scales: usize, depth: i32, n: i32, to: usize, scratch: usize): void {
  if (scales != 0 && (n & 7) == 0) {
    prepareIntegers2(filters, scales, depth, n, to);
    return;
  }
  const plane = planeBytes(depth, n), half = scratch + 9 * 16;
  for (let i = 0; i < depth; i++) {
    for (let o = 0; o < n; o += 4) {
      loadTaps(filters, scales, i * n + o, depth * n, o, scratch);
      for (let y: usize = 0; y < 3; y++) filterTransform(scratch + y * 48, 16, half + y * 64, 16);
      const u = to + packedOffset(i, o, depth, n);
      for (let x: usize = 0; x < 4; x++) filterTransform(half + x * 16, 64, u + x * plane, 4 * plane);
    }
  }
}

/** Four staged rows to V, one row of tiles, in panels of four tiles: see `winograd4`. @param band [4][2·tiles + 2][depth] */
function transformInputs(staged: usize, row: usize, tiles: i32, depth: i32, left: usize, band: usize, to: usize, plane: usize, four: usize): void {
  const pixel = (<usize>depth) << 2, bandRow = <usize>(2 * tiles + 2) * pixel;
  for (let i: usize = 0; i < row; i += 16) inputTransform(staged + i, row, band + left + i, bandRow);
  for (let first = 0; first < tiles; first += 4) {
    const count = min(4, tiles - first);
    for (let c: usize = 0; c < pixel; c += 16) {
      let at = four, tile = band + c;
      for (let t = 0; t < count; t++) {
        let from = tile;
        for (let y = 0; y < 4; y++) {
          inputTransform(from, pixel, at, 16);
          from += bandRow;
          at += 64;
        }
        tile += 2 * pixel;
      }
      let v = to + 4 * c;
      for (at = four; at < four + 16 * 16; at += 16) {
        storeTransposed(v128.load(at), v128.load(at, 256), v128.load(at, 512), v128.load(at, 768), v);
        v += plane;
      }
    }
    band += 8 * pixel;
    to += 4 * pixel;
  }
}

/** One row of tiles of M to outputs, with bias and lower bound; nothing beyond the image is written. */
function transformOutputs(m: usize, plane: usize, tiles: i32, layer: Layer, bias: usize, temporary: usize, out: usize, rows: i32): void {
  const lowest = f32x4.splat(layer.low), width = outWidthOf(layer);
  const pixel = (<usize>layer.outChannels) << 2, row = <usize>width * pixel;
  const results = temporary + 8 * 16;
  for (let t = 0; t < tiles; t++) {
    const columns = min(2, width - 2 * t);
    for (let c: usize = 0; c < pixel; c += 16) {
      const b = v128.load(bias + c), from = m + c;
      for (let x: usize = 0; x < 4; x++) outputTransform(from + x * plane, 4 * plane, temporary + x * 16, 64);
      let to = out + c;
      for (let y: usize = 0; y < <usize>rows; y++) {
        outputTransform(temporary + y * 64, 16, results, 16);
        v128.store(to, f32x4.pmax(f32x4.add(v128.load(results), b), lowest));
        if (columns == 2) v128.store(to + pixel, f32x4.pmax(f32x4.add(v128.load(results, 16), b), lowest));
        to += row;
      }
    }
    m += pixel;
    out += 2 * pixel;
  }
}

/** 3×3 convolution by F(2×2, 3×3): see `winograd4`, whose order of work and of scratch this follows. */
export function winograd2(layer: Layer): void {
  const depth = depthOf(layer), n = layer.outChannels, width = outWidthOf(layer);
  const tilesX = (width + 1) >> 1, tileRows = (layer.outRows + 1) >> 1;
  const pixel = (<usize>depth) << 2, row = <usize>layer.width * pixel;
  const columns = padded(tilesX), room = layer.blockRows * columns;
  const vPlane = planeBytes(room, depth), mPlane = planeBytes(room, n), uPlane = planeBytes(depth, n);
  const four = TILES, table = layer.scratch, mixed = table + ((<usize>(12 * layer.width) + 15) & ~15);
  const band = mixed + ((<usize>(layer.upWidth * layer.upChannels)) << 2), bandRow = <usize>(2 * tilesX + 2) * pixel;
  const staged = band + 4 * bandRow;
  const v = staged + 4 * row, m = v + 16 * vPlane;
  const left = <usize>(1 + layer.border) * pixel;
  const none = f32x4.splat(-Infinity);
  clearSides(band, 4, bandRow, left, row);
  columnTable(layer, table);
  let next = layer.outTop - 1 - layer.border;
  for (let y: usize = 0; y < 2; y++) inputRow(layer, next++, table, mixed, staged + (y + 2) * row);
  for (let first = 0; first < tileRows; first += layer.blockRows) {
    const rows = min(layer.blockRows, tileRows - first);
    for (let r = 0; r < rows; r++) {
      memory.copy(staged, staged + 2 * row, 2 * row);
      for (let y: usize = 2; y < 4; y++) inputRow(layer, next++, table, mixed, staged + y * row);
      transformInputs(staged, row, tilesX, depth, left, band, v + <usize>(r * columns) * pixel, vPlane, four);
    }
    for (let copy: usize = 0; copy < <usize>layer.copies; copy++) {
      const u = layer.filters + copy * layer.filtersStride;
      for (let k: usize = 0; k < 16; k++)
        multiplyPanels(v + k * vPlane, rows * columns, depth, u + k * uPlane, n, m + k * mPlane, (<usize>n) << 2, 0, none);
      for (let r = 0; r < rows; r++) {
        const y = 2 * (first + r);
        const out = layer.out + copy * layer.outStride + ((<usize>(y * width * n)) << 2);
        transformOutputs(m + ((<usize>(r * columns * n)) << 2), mPlane, tilesX, layer, layer.bias + copy * layer.biasStride, PRODUCTS, out, min(2, layer.outRows - y));
      }
    }
  }
}
