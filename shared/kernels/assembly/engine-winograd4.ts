import { depthOf, Layer, OUTSIDE, outWidthOf, PRODUCTS, TILES } from './engine-layer';
import { columnTable, inputRow } from './engine-rows';
import { loadTaps } from './engine-taps';
import { multiplyPanels, storeTransposed } from './engine-panels';
import { packedOffset } from './gemm';
import { padded } from './simd';
import { clearSides } from './stage';
import { planeBytes, tilesAlong } from './winograd';
import { filterTransform, inputColumns, inputTransform, outputRow, outputTransform } from './winograd-transforms';

/** Filters, as `loadTaps` reads them, to F(4×4, 3×3)'s 36 planes, packed for `multiply`. @param scratch 27 vectors */
export function prepareWinograd4(filters: usize, scales: usize, depth: i32, n: i32, to: usize, scratch: usize): void {
  const plane = planeBytes(depth, n), half = scratch + 9 * 16;
  for (let i = 0; i < depth; i++) {
    for (let o = 0; o < n; o += 4) {
      loadTaps(filters, scales, i * n + o, depth * n, o, scratch);
      for (let y: usize = 0; y < 3; y++) filterTransform(scratch + y * 48, 16, half + y * 96, 16);
      const u = to + packedOffset(i, o, depth, n);
      for (let x: usize = 0; x < 6; x++) filterTransform(half + x * 16, 96, u + x * plane, 6 * plane);
    }
  }
}

/** Bᵀ d B of one tile, to a fixed place. */
// @ts-ignore: decorator
@inline
function tileTransform(from: usize, bandRow: usize, pixel: usize, to: usize): void {
  inputTransform(from, pixel, to, 16);
  inputTransform(from + bandRow, pixel, to + 96, 16);
  inputTransform(from + 2 * bandRow, pixel, to + 192, 16);
  inputTransform(from + 3 * bandRow, pixel, to + 288, 16);
  inputTransform(from + 4 * bandRow, pixel, to + 384, 16);
  inputTransform(from + 5 * bandRow, pixel, to + 480, 16);
}

/** Six vectors of each of the four tiles at {@link TILES}, as columns, to as many planes. @returns the next plane */
// @ts-ignore: decorator
@inline
function sixPanels(at: usize, v: usize, plane: usize): usize {
  storeTransposed(v128.load(at), v128.load(at + 576), v128.load(at + 1152), v128.load(at + 1728), v); v += plane;
  storeTransposed(v128.load(at + 16), v128.load(at + 592), v128.load(at + 1168), v128.load(at + 1744), v); v += plane;
  storeTransposed(v128.load(at + 32), v128.load(at + 608), v128.load(at + 1184), v128.load(at + 1760), v); v += plane;
  storeTransposed(v128.load(at + 48), v128.load(at + 624), v128.load(at + 1200), v128.load(at + 1776), v); v += plane;
  storeTransposed(v128.load(at + 64), v128.load(at + 640), v128.load(at + 1216), v128.load(at + 1792), v); v += plane;
  storeTransposed(v128.load(at + 80), v128.load(at + 656), v128.load(at + 1232), v128.load(at + 1808), v);
  return v + plane;
}

/**
 * Six staged rows to V, one row of tiles, in panels of four tiles.
 * @param band [6][4·padded(tiles) + 2][depth]
 */
function transformInputs(staged: usize, row: usize, tiles: i32, depth: i32, left: usize, band: usize, bandRow: usize, to: usize, plane: usize): void {
  const pixel = (<usize>depth) << 2;
  inputColumns(staged, 0, row, row, band + left, bandRow);
  for (let first = 0; first < tiles; first += 4) {
    for (let c: usize = 0; c < pixel; c += 16) {
      const tile = band + c;
      tileTransform(tile, bandRow, pixel, TILES);
      tileTransform(tile + 4 * pixel, bandRow, pixel, TILES + 576);
      tileTransform(tile + 8 * pixel, bandRow, pixel, TILES + 1152);
      tileTransform(tile + 12 * pixel, bandRow, pixel, TILES + 1728);
      let v = to + 4 * c;
      v = sixPanels(TILES, v, plane);
      v = sixPanels(TILES + 96, v, plane);
      v = sixPanels(TILES + 192, v, plane);
      v = sixPanels(TILES + 288, v, plane);
      v = sixPanels(TILES + 384, v, plane);
      sixPanels(TILES + 480, v, plane);
    }
    band += 16 * pixel;
    to += 4 * pixel;
  }
}

/** A row of products at a fixed place to at most four outputs. */
// @ts-ignore: decorator
@inline
function outputs(products: usize, bias: v128, lowest: v128, columns: i32, to: usize, pixel: usize): void {
  if (columns == 4) {
    outputRow(products, bias, lowest, to, pixel);
    return;
  }
  outputRow(products, bias, lowest, OUTSIDE, 16);
  for (let x = 0; x < columns; x++) v128.store(to + <usize>x * pixel, v128.load(OUTSIDE + (<usize>x << 4)));
}

/** One row of tiles of M to outputs, with bias and lower bound; nothing beyond the image is written. */
function transformOutputs(m: usize, plane: usize, tiles: i32, layer: Layer, bias: usize, out: usize, rows: i32): void {
  const lowest = f32x4.splat(layer.low), width = outWidthOf(layer);
  const pixel = (<usize>layer.outChannels) << 2, row = <usize>width * pixel, six = 6 * plane;
  for (let t = 0; t < tiles; t++) {
    const columns = min(4, width - 4 * t);
    for (let c: usize = 0; c < pixel; c += 16) {
      const b = v128.load(bias + c), from = m + c, to = out + c;
      outputTransform(from, six, PRODUCTS, 96);
      outputTransform(from + plane, six, PRODUCTS + 16, 96);
      outputTransform(from + 2 * plane, six, PRODUCTS + 32, 96);
      outputTransform(from + 3 * plane, six, PRODUCTS + 48, 96);
      outputTransform(from + 4 * plane, six, PRODUCTS + 64, 96);
      outputTransform(from + 5 * plane, six, PRODUCTS + 80, 96);
      outputs(PRODUCTS, b, lowest, columns, to, pixel);
      if (rows > 1) outputs(PRODUCTS + 96, b, lowest, columns, to + row, pixel);
      if (rows > 2) outputs(PRODUCTS + 192, b, lowest, columns, to + 2 * row, pixel);
      if (rows > 3) outputs(PRODUCTS + 288, b, lowest, columns, to + 3 * row, pixel);
    }
    m += pixel;
    out += 4 * pixel;
  }
}

/**
 * 3×3 convolution by F(4×4, 3×3) with bias and lower bound. The last two rows read are kept for the next row of tiles,
 * so the output may take the input's place.
 */
export function winograd4(layer: Layer): void {
  const depth = depthOf(layer), n = layer.outChannels, width = outWidthOf(layer);
  const tilesX = tilesAlong(width), tileRows = tilesAlong(layer.outRows);
  const pixel = (<usize>depth) << 2, row = <usize>layer.width * pixel;
  const columns = padded(tilesX), room = layer.blockRows * columns;
  const vPlane = planeBytes(room, depth), mPlane = planeBytes(room, n), uPlane = planeBytes(depth, n);
  const table = layer.scratch, mixed = table + ((<usize>(12 * layer.width) + 15) & ~15);
  const band = mixed + ((<usize>(layer.upWidth * layer.upChannels)) << 2), bandRow = <usize>(4 * columns + 2) * pixel;
  const staged = band + 6 * bandRow;
  const v = staged + 6 * row, m = v + 36 * vPlane;
  const left = <usize>(1 + layer.border) * pixel;
  const none = f32x4.splat(-Infinity);
  clearSides(band, 6, bandRow, left, row);
  columnTable(layer, table);
  let next = layer.outTop - 1 - layer.border;
  for (let y: usize = 0; y < 2; y++) inputRow(layer, next++, table, mixed, staged + (y + 4) * row);
  for (let first = 0; first < tileRows; first += layer.blockRows) {
    const rows = min(layer.blockRows, tileRows - first);
    for (let r = 0; r < rows; r++) {
      memory.copy(staged, staged + 4 * row, 2 * row);
      for (let y: usize = 2; y < 6; y++) inputRow(layer, next++, table, mixed, staged + y * row);
      transformInputs(staged, row, tilesX, depth, left, band, bandRow, v + <usize>(r * columns) * pixel, vPlane);
    }
    for (let copy: usize = 0; copy < <usize>layer.copies; copy++) {
      const u = layer.filters + copy * layer.filtersStride;
      for (let k: usize = 0; k < 36; k++)
        multiplyPanels(v + k * vPlane, rows * columns, depth, u + k * uPlane, n, m + k * mPlane, (<usize>n) << 2, 0, none);
      for (let r = 0; r < rows; r++) {
        const y = 4 * (first + r);
        const out = layer.out + copy * layer.outStride + ((<usize>(y * width * n)) << 2);
        transformOutputs(m + ((<usize>(r * columns * n)) << 2), mPlane, tilesX, layer, layer.bias + copy * layer.biasStride, out, min(4, layer.outRows - y));
      }
    }
  }
}
