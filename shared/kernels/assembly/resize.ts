import { loadLanes, madd, storeLanes } from './simd';

/** Source position of output `i` with align corners: the ends map to the ends. */
// @ts-ignore: decorator
@inline
function source(i: i32, from: i32, to: i32): f64 {
  return to > 1 ? min(<f64>(from - 1), <f64>i * <f64>(from - 1) / <f64>(to - 1)) : 0;
}

/**
 * Bilinear resize with align corners.
 *
 * @param x [N, height, width, channels]
 * @param out [N, outHeight, outWidth, channels]
 * @param begin, end output rows, counted over all images
 */
export function resizeBilinear(x: usize, height: i32, width: i32, channels: i32, out: usize, outHeight: i32, outWidth: i32, begin: i32, end: i32, worker: i32): void {
  const pixel = (<usize>channels) << 2, row = <usize>width * pixel;
  out += <usize>begin * <usize>outWidth * pixel;
  for (let r = begin; r < end; r++) {
    const image = r / outHeight;
    const sy = source(r % outHeight, height, outHeight);
    const y = <i32>sy;
    const upper = x + (<usize>image * <usize>height + <usize>y) * row;
    const down: usize = y + 1 < height ? row : 0;
    const fy = f32x4.splat(<f32>(sy - <f64>y));
    for (let q = 0; q < outWidth; q++) {
      const sx = source(q, width, outWidth);
      const column = <i32>sx;
      const right: usize = column + 1 < width ? pixel : 0;
      const fx = f32x4.splat(<f32>(sx - <f64>column));
      const from = upper + <usize>column * pixel;
      for (let c = 0; c < channels; c += 4) {
        const lanes = min(4, channels - c), at = from + (<usize>c << 2);
        const a = loadLanes(at, lanes), b = loadLanes(at + down, lanes);
        const top = madd(f32x4.sub(loadLanes(at + right, lanes), a), fx, a);
        const bottom = madd(f32x4.sub(loadLanes(at + down + right, lanes), b), fx, b);
        storeLanes(out + (<usize>c << 2), madd(f32x4.sub(bottom, top), fy, top), lanes);
      }
      out += pixel;
    }
  }
}

/** to += share · from, `floats` of them. */
// @ts-ignore: decorator
@inline
function addScaled(from: usize, share: f32, floats: i32, to: usize): void {
  const s = f32x4.splat(share);
  for (; floats > 0; floats -= 4) {
    const lanes = min(4, floats);
    storeLanes(to, madd(loadLanes(from, lanes), s, loadLanes(to, lanes)), lanes);
    from += 16;
    to += 16;
  }
}

/**
 * The gradient of {@link resizeBilinear} for x: columns first, then rows.
 *
 * @param dy [N, outHeight, outWidth, channels]
 * @param dx [N, height, width, channels]
 * @param scratch one row [width, channels] for each worker
 * @param begin, end images
 */
export function resizeBilinearGradient(dy: usize, height: i32, width: i32, channels: i32, dx: usize, outHeight: i32, outWidth: i32, scratch: usize, scratchStride: usize, begin: i32, end: i32, worker: i32): void {
  const pixel = (<usize>channels) << 2, row = <usize>width * pixel, outRow = <usize>outWidth * pixel;
  const sums = scratch + <usize>worker * scratchStride;
  for (let image = begin; image < end; image++) {
    const to = dx + <usize>image * <usize>height * row;
    const from = dy + <usize>image * <usize>outHeight * outRow;
    memory.fill(to, 0, <usize>height * row);
    for (let r = 0; r < outHeight; r++) {
      memory.fill(sums, 0, row);
      for (let q = 0; q < outWidth; q++) {
        const sx = source(q, width, outWidth);
        const column = <i32>sx, share = <f32>(sx - <f64>column);
        const at = from + <usize>r * outRow + <usize>q * pixel;
        addScaled(at, 1 - share, channels, sums + <usize>column * pixel);
        if (share > 0) addScaled(at, share, channels, sums + <usize>(column + 1) * pixel);
      }
      const sy = source(r, height, outHeight);
      const y = <i32>sy, share = <f32>(sy - <f64>y);
      addScaled(sums, 1 - share, width * channels, to + <usize>y * row);
      if (share > 0) addScaled(sums, share, width * channels, to + <usize>(y + 1) * row);
    }
  }
}
