import { depthOf, Layer, outWidthOf } from './engine-layer';
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

/**
 * Six staged rows to V, one row of tiles, in panels of four tiles.
 * @param band [6][4·tiles + 2][depth]
 * @param four room for four tiles of 36 vectors
 */
function transformInputs(staged: usize, row: usize, tiles: i32, depth: i32, left: usize, band: usize, to: usize, plane: usize, four: usize): void {
  const pixel = (<usize>depth) << 2, bandRow = <usize>(4 * tiles + 2) * pixel;
  inputColumns(staged, 0, row, row, band + left, bandRow);
  for (let first = 0; first < tiles; first += 4) {
    const count = min(4, tiles - first);
    for (let c: usize = 0; c < pixel; c += 16) {
      let at = four, tile = band + c;
      for (let t = 0; t < count; t++) {
        let from = tile;
        for (let y = 0; y < 6; y++) {
          inputTransform(from, pixel, at, 16);
          from += bandRow;
          at += 96;
        }
        tile += 4 * pixel;
      }
      let v = to + 4 * c;
      for (at = four; at < four + 36 * 16; at += 16) {
        storeTransposed(v128.load(at), v128.load(at, 576), v128.load(at, 1152), v128.load(at, 1728), v);
        v += plane;
      }
    }
    band += 16 * pixel;
    to += 4 * pixel;
  }
}

/** One row of tiles of M to outputs, with bias and lower bound; nothing beyond the image is written. */
function transformOutputs(m: usize, plane: usize, tiles: i32, layer: Layer, bias: usize, temporary: usize, out: usize, rows: i32): void {
  const lowest = f32x4.splat(layer.low), width = outWidthOf(layer);
  const pixel = (<usize>layer.outChannels) << 2, row = <usize>width * pixel;
  const outside = temporary + 24 * 16;
  for (let t = 0; t < tiles; t++) {
    const columns = min(4, width - 4 * t);
    for (let c: usize = 0; c < pixel; c += 16) {
      const b = v128.load(bias + c), from = m + c;
      for (let x: usize = 0; x < 6; x++) outputTransform(from + x * plane, 6 * plane, temporary + x * 16, 96);
      let to = out + c, products = temporary;
      for (let y = 0; y < rows; y++) {
        if (columns == 4) {
          outputRow(products, b, lowest, to, pixel);
        } else {
          outputRow(products, b, lowest, outside, 16);
          for (let x = 0; x < columns; x++) v128.store(to + <usize>x * pixel, v128.load(outside + (<usize>x << 4)));
        }
        products += 96;
        to += row;
      }
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
  const temporary = layer.scratch;
  const four = temporary + 40 * 16, table = four + 144 * 16, mixed = table + ((<usize>(12 * layer.width) + 15) & ~15);
  const band = mixed + ((<usize>(layer.upWidth * layer.upChannels)) << 2), bandRow = <usize>(4 * tilesX + 2) * pixel;
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
      transformInputs(staged, row, tilesX, depth, left, band, v + <usize>(r * columns) * pixel, vPlane, four);
    }
    for (let copy: usize = 0; copy < <usize>layer.copies; copy++) {
      const u = layer.filters + copy * layer.filtersStride;
      for (let k: usize = 0; k < 36; k++)
        multiplyPanels(v + k * vPlane, rows * columns, depth, u + k * uPlane, n, m + k * mPlane, (<usize>n) << 2, 0, none);
      for (let r = 0; r < rows; r++) {
        const y = 4 * (first + r);
        const out = layer.out + copy * layer.outStride + ((<usize>(y * width * n)) << 2);
        transformOutputs(m + ((<usize>(r * columns * n)) << 2), mPlane, tilesX, layer, layer.bias + copy * layer.biasStride, temporary, out, min(4, layer.outRows - y));
      }
    }
  }
}
