import { loadLanes, storeLanes } from './simd';

/**
 * 2×2 average pooling of stride 2: at an odd edge a window averages what it holds.
 *
 * @param x [N, height, width, channels]
 * @param out [N, ⌈height/2⌉, ⌈width/2⌉, channels]
 * @param begin, end output rows, counted over all images
 */
export function averagePool(x: usize, height: i32, width: i32, channels: i32, out: usize, begin: i32, end: i32, worker: i32): void {
  const outHeight = (height + 1) >> 1, outWidth = (width + 1) >> 1;
  const pixel = (<usize>channels) << 2, row = <usize>width * pixel;
  out += <usize>begin * <usize>outWidth * pixel;
  for (let r = begin; r < end; r++) {
    const image = r / outHeight, y = 2 * (r % outHeight);
    const rows = min(2, height - y);
    const down: usize = rows == 2 ? row : 0;
    let from = x + (<usize>image * <usize>height + <usize>y) * row;
    for (let q = 0; q < outWidth; q++) {
      const right: usize = 2 * q + 1 < width ? pixel : 0;
      // A window cut by the edge counts its pixels twice or four times: the same mean.
      for (let c = 0; c < channels; c += 4) {
        const lanes = min(4, channels - c), at = from + (<usize>c << 2);
        const top = f32x4.add(loadLanes(at, lanes), loadLanes(at + right, lanes));
        const bottom = f32x4.add(loadLanes(at + down, lanes), loadLanes(at + down + right, lanes));
        storeLanes(out + (<usize>c << 2), f32x4.mul(f32x4.add(top, bottom), f32x4.splat(0.25)), lanes);
      }
      out += pixel;
      from += 2 * pixel;
    }
  }
}

/**
 * The gradient of {@link averagePool} for x: each pixel gets its window's gradient over the window's pixels.
 *
 * @param dy [N, ⌈height/2⌉, ⌈width/2⌉, channels]
 * @param dx [N, height, width, channels]
 * @param begin, end rows of dx, counted over all images
 */
export function averagePoolGradient(dy: usize, height: i32, width: i32, channels: i32, dx: usize, begin: i32, end: i32, worker: i32): void {
  const outHeight = (height + 1) >> 1, outWidth = (width + 1) >> 1;
  const pixel = (<usize>channels) << 2;
  dx += <usize>begin * <usize>width * pixel;
  for (let r = begin; r < end; r++) {
    const image = r / height, y = r % height;
    const rowShare: f32 = (y | 1) < height ? 0.5 : 1;
    const from = dy + (<usize>image * <usize>outHeight + <usize>(y >> 1)) * <usize>outWidth * pixel;
    for (let q = 0; q < width; q++) {
      const share = f32x4.splat((q | 1) < width ? 0.5 * rowShare : rowShare);
      const at = from + <usize>(q >> 1) * pixel;
      for (let c = 0; c < channels; c += 4) {
        const lanes = min(4, channels - c);
        storeLanes(dx + (<usize>c << 2), f32x4.mul(loadLanes(at + (<usize>c << 2), lanes), share), lanes);
      }
      dx += pixel;
    }
  }
}
