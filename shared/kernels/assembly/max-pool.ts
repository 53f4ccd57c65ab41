import { loadLanes, storeLanes } from './simd';

/**
 * 3×3 max pooling of stride 2 with a border of one that never wins.
 *
 * @param x [N, height, width, channels]
 * @param out [N, ⌈height/2⌉, ⌈width/2⌉, channels]
 * @param begin, end output rows, counted over all images
 */
export function maxPool(x: usize, height: i32, width: i32, channels: i32, out: usize, begin: i32, end: i32, worker: i32): void {
  const outHeight = (height + 1) >> 1, outWidth = (width + 1) >> 1;
  const pixel = (<usize>channels) << 2, row = <usize>width * pixel;
  out += <usize>begin * <usize>outWidth * pixel;
  for (let r = begin; r < end; r++) {
    const y = 2 * (r % outHeight), top = max(0, y - 1), bottom = min(height - 1, y + 1);
    const image = x + <usize>(r / outHeight) * <usize>height * row;
    for (let q = 0; q < outWidth; q++) {
      const left = max(0, 2 * q - 1), right = min(width - 1, 2 * q + 1);
      for (let c = 0; c < channels; c += 4) {
        const lanes = min(4, channels - c);
        let most = f32x4.splat(-Infinity);
        for (let i = top; i <= bottom; i++) {
          let at = image + <usize>i * row + <usize>left * pixel + (<usize>c << 2);
          for (let j = left; j <= right; j++) {
            most = f32x4.max(most, loadLanes(at, lanes));
            at += pixel;
          }
        }
        storeLanes(out + (<usize>c << 2), most, lanes);
      }
      out += pixel;
    }
  }
}

/**
 * The gradient of {@link maxPool} for x: each window's goes to the first of its largest pixels, in reading order.
 *
 * @param x, dx [N, height, width, channels]
 * @param y, dy [N, ⌈height/2⌉, ⌈width/2⌉, channels]
 * @param begin, end images
 */
export function maxPoolGradient(x: usize, y: usize, dy: usize, height: i32, width: i32, channels: i32, dx: usize, begin: i32, end: i32, worker: i32): void {
  const outHeight = (height + 1) >> 1, outWidth = (width + 1) >> 1;
  const pixel = (<usize>channels) << 2, row = <usize>width * pixel, outImage = <usize>(outHeight * outWidth) * pixel;
  for (let n = begin; n < end; n++) {
    const image = x + <usize>n * <usize>height * row, gradient = dx + <usize>n * <usize>height * row;
    let at = <usize>n * outImage;
    memory.fill(gradient, 0, <usize>height * row);
    for (let p = 0; p < outHeight; p++) {
      const top = max(0, 2 * p - 1), bottom = min(height - 1, 2 * p + 1);
      for (let q = 0; q < outWidth; q++) {
        const left = max(0, 2 * q - 1), right = min(width - 1, 2 * q + 1);
        const corner = <usize>top * row + <usize>left * pixel;
        for (let c: usize = 0; c < pixel; c += 16) {
          const lanes = min(4, <i32>((pixel - c) >> 2));
          const most = loadLanes(y + at + c, lanes), d = loadLanes(dy + at + c, lanes);
          let open = i32x4.splat(-1);
          for (let i: usize = 0; i <= <usize>(bottom - top); i++) {
            for (let j: usize = 0; j <= <usize>(right - left); j++) {
              const to = corner + i * row + j * pixel + c;
              const here = v128.and(open, f32x4.eq(loadLanes(image + to, lanes), most));
              open = v128.andnot(open, here);
              storeLanes(gradient + to, f32x4.add(loadLanes(gradient + to, lanes), v128.and(d, here)), lanes);
            }
          }
        }
        at += pixel;
      }
    }
  }
}
