import { depthOf, Layer } from './engine-layer';
import { madd } from './simd';

/*
 * Rows of a layer's input, put together where they are needed: upsampled and concatenated maps never exist as a whole.
 */

/** Source position of output `i` of 2·`from` with align corners: the ends map to the ends. */
// @ts-ignore: decorator
@inline
function source(i: i32, from: i32): f64 {
  return <f64>i * <f64>(from - 1) / <f64>(2 * from - 1);
}

/** For each column: the byte offset of its left source, of its right one from there, and the right one's share. */
export function columnTable(layer: Layer, table: usize): void {
  if (layer.up == 0 || layer.nearest != 0) return;
  const pixel = layer.upChannels << 2;
  for (let q = 0; q < layer.width; q++) {
    const s = source(q, layer.upWidth);
    const column = min(<i32>s, layer.upWidth - 1);
    store<i32>(table, column * pixel);
    store<i32>(table, column + 1 < layer.upWidth ? pixel : 0, 4);
    store<f32>(table, <f32>(s - <f64>column), 8);
    table += 12;
  }
}

/** Row `y` of the upsampled map, each pixel `stride` bytes from the last. @param mixed room for one source row */
function upsampledRow(layer: Layer, y: i32, table: usize, mixed: usize, to: usize, stride: usize): void {
  const pixel = (<usize>layer.upChannels) << 2, row = <usize>layer.upWidth * pixel;
  const s = source(y, layer.upHeight);
  const top = min(<i32>s, layer.upHeight - 1);
  const upper = layer.up + <usize>top * row;
  const lower = top + 1 < layer.upHeight ? upper + row : upper;
  const down = f32x4.splat(<f32>(s - <f64>top));
  for (let i: usize = 0; i < row; i += 16) {
    const a = v128.load(upper + i);
    v128.store(mixed + i, madd(f32x4.sub(v128.load(lower + i), a), down, a));
  }
  for (let q = 0; q < layer.width; q++) {
    const left = mixed + <usize>load<i32>(table), right = left + <usize>load<i32>(table, 4);
    const share = v128.load32_splat(table, 8);
    for (let c: usize = 0; c < pixel; c += 16) {
      const a = v128.load(left + c);
      v128.store(to + c, madd(f32x4.sub(v128.load(right + c), a), share, a));
    }
    table += 12;
    to += stride;
  }
}

/** The same by nearest neighbours: each pixel of row ⌊y/2⌋ twice. */
function nearestRow(layer: Layer, y: i32, to: usize, stride: usize): void {
  const pixel = (<usize>layer.upChannels) << 2;
  const row = layer.up + <usize>((y >> 1) * layer.upWidth) * pixel;
  for (let q = 0; q < layer.width; q++) {
    const from = row + <usize>(q >> 1) * pixel;
    for (let c: usize = 0; c < pixel; c += 16) v128.store(to + c, v128.load(from + c));
    to += stride;
  }
}

/** Row `y` of the plain map, each pixel `stride` bytes from the last. */
function plainRow(layer: Layer, y: i32, to: usize, stride: usize): void {
  const pixel = (<usize>layer.plainChannels) << 2, row = <usize>layer.width * pixel;
  let from = layer.plain + <usize>(y - layer.plainTop) * row;
  if (stride == pixel) {
    memory.copy(to, from, row);
    return;
  }
  for (let q = 0; q < layer.width; q++) {
    for (let c: usize = 0; c < pixel; c += 16) v128.store(to + c, v128.load(from + c));
    from += pixel;
    to += stride;
  }
}

/** Row `y` of the input to `to` [width, depth]; zeros outside the image. */
export function inputRow(layer: Layer, y: i32, table: usize, mixed: usize, to: usize): void {
  const stride = (<usize>depthOf(layer)) << 2;
  if (y < 0 || y >= layer.height) {
    memory.fill(to, 0, <usize>layer.width * stride);
    return;
  }
  if (layer.up != 0) {
    if (layer.nearest != 0) nearestRow(layer, y, to, stride);
    else upsampledRow(layer, y, table, mixed, to, stride);
  }
  if (layer.plainChannels != 0) plainRow(layer, y, to + ((<usize>layer.upChannels) << 2), stride);
}
