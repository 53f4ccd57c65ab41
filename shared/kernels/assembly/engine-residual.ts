/*
 * What the residual U-Net has beside convolutions of stride 1. Maps are [height, width, channels], channels padded.
 */

/**
 * The 49 taps of a 7×7 convolution of stride 2 with a border of three, for each of its outputs: rows of a matrix.
 *
 * @param x [height, width, channels], channels not padded
 * @param to [⌈height/2⌉·⌈width/2⌉, k], k = 49·channels rounded up to a multiple of 4, the added ones 0
 */
export function stemPatches(x: usize, height: i32, width: i32, channels: i32, to: usize): void {
  const outHeight = (height + 1) >> 1, outWidth = (width + 1) >> 1;
  const pixel = (<usize>channels) << 2, row = <usize>width * pixel;
  const stride = (<usize>((49 * channels + 3) & ~3)) << 2;
  memory.fill(to, 0, <usize>(outHeight * outWidth) * stride);
  for (let p = 0; p < outHeight; p++) {
    for (let q = 0; q < outWidth; q++) {
      const left = 2 * q - 3, first = max(0, left), last = min(width - 1, left + 6);
      const bytes = <usize>(last - first + 1) * pixel;
      for (let tap = 0; tap < 7; tap++) {
        const y = 2 * p - 3 + tap;
        if (y < 0 || y >= height) continue;
        memory.copy(to + <usize>(7 * tap + first - left) * pixel, x + <usize>y * row + <usize>first * pixel, bytes);
      }
      to += stride;
    }
  }
}

/** Every second row and column, from the first on. @param out [⌈height/2⌉, ⌈width/2⌉, channels], elsewhere */
export function subsample(x: usize, height: i32, width: i32, channels: i32, out: usize): void {
  const pixel = (<usize>channels) << 2, row = <usize>width * pixel;
  for (let y = 0; y < height; y += 2) {
    let from = x + <usize>y * row;
    for (let q = 0; q < width; q += 2) {
      memory.copy(out, from, pixel);
      out += pixel;
      from += 2 * pixel;
    }
  }
}

/** out[i] = max(0, a[i] + b[i]). @param floats a multiple of 4 @param out may be a or b */
export function addRelu(a: usize, b: usize, floats: i32, out: usize): void {
  const zero = f32x4.splat(0), bytes = (<usize>floats) << 2;
  for (let i: usize = 0; i < bytes; i += 16)
    v128.store(out + i, f32x4.pmax(f32x4.add(v128.load(a + i), v128.load(b + i)), zero));
}
