import { madd, zeros } from '../assembly/simd';

/*
 * Direct 3×3 convolution on integers, beside the Winograd kernels that the engine has: `npm run bench:kernels`. Not part
 * of the engine, for it is slower: see docs/edge-engine.md.
 */
export { prepareWinograd2, winograd2 } from '../assembly/engine-winograd2';
export { prepareWinograd4, winograd4 } from '../assembly/engine-winograd4';

const LIMIT: f32 = 127;

/** Four floats to integers from 0 to 127. */
// @ts-ignore: decorator
@inline
function sevenBits(x: usize, inverse: usize): v128 {
  const v = f32x4.min(madd(v128.load(x), v128.load(inverse), f32x4.splat(0.5)), f32x4.splat(LIMIT));
  return i32x4.relaxed_trunc_f32x4_s(v);
}

/** A map [height, width, depth] to integers of 7 bits, with a border of zeros. @param inverses [depth] of the channels' scales */
export function quantize(x: usize, height: i32, width: i32, depth: i32, inverses: usize, to: usize): void {
  const row = <usize>((width + 2) * depth), channels = (<usize>depth) << 2;
  memory.fill(to, 0, row * <usize>(height + 2));
  for (let y = 0; y < height; y++) {
    let out = to + row * <usize>(y + 1) + <usize>depth;
    for (let q = 0; q < width; q++) {
      for (let c: usize = 0; c < channels; c += 64) {
        const at = inverses + c;
        const low = i16x8.narrow_i32x4_s(sevenBits(x, at), sevenBits(x + 16, at + 16));
        v128.store(out, i8x16.narrow_i16x8_u(low, i16x8.narrow_i32x4_s(sevenBits(x + 32, at + 32), sevenBits(x + 48, at + 48))));
        x += 64;
        out += 16;
      }
    }
  }
}

/** Σ of four products of 8 bits, or of two of 16 bits, for each of four outputs. */
// @ts-ignore: decorator
@inline
function dot(bytes: i32, filter: v128, input: v128, sum: v128): v128 {
  if (bytes == 1) return i32x4.relaxed_dot_i8x16_i7x16_add_s(filter, input, sum);
  return i32x4.add(i32x4.dot_i16x8_s(filter, input), sum);
}

// @ts-ignore: decorator
@inline
function storeFour(sums: v128, scale: usize, bias: usize, to: usize): void {
  v128.store(to, f32x4.max(madd(f32x4.convert_i32x4_s(sums), v128.load(scale), v128.load(bias)), zeros()));
}

/** @param staged [height + 2, width + 2, depth] integers @param filters [n/16][9·depth·bytes/4][16][4/bytes] */
// @ts-ignore: decorator
@inline
function convolve(bytes: i32, staged: usize, height: i32, width: i32, depth: i32, filters: usize, scale: usize, bias: usize, out: usize, n: i32): void {
  const pixel = <usize>(depth * bytes), row = <usize>(width + 2) * pixel, outPixel = (<usize>n) << 2;
  for (let first: usize = 0; first < outPixel; first += 64) {
    for (let y: usize = 0; y < <usize>height; y++) {
      for (let q: usize = 0; q < <usize>width; q += 2) {
        let c0 = zeros(), c1 = c0, c2 = c0, c3 = c0, d0 = c0, d1 = c0, d2 = c0, d3 = c0;
        let w = filters, from = staged + row * y + q * pixel;
        for (let r = 0; r < 3; r++) {
          for (let k = from; k < from + 3 * pixel; k += 4) {
            const f = v128.load32_splat(k), g = v128.load32_splat(k + pixel);
            let v = v128.load(w); c0 = dot(bytes, v, f, c0); d0 = dot(bytes, v, g, d0);
            v = v128.load(w, 16); c1 = dot(bytes, v, f, c1); d1 = dot(bytes, v, g, d1);
            v = v128.load(w, 32); c2 = dot(bytes, v, f, c2); d2 = dot(bytes, v, g, d2);
            v = v128.load(w, 48); c3 = dot(bytes, v, f, c3); d3 = dot(bytes, v, g, d3);
            w += 64;
          }
          from += row;
        }
        const to = out + (y * <usize>width + q) * outPixel + first, s = scale + first, b = bias + first;
        storeFour(c0, s, b, to); storeFour(c1, s + 16, b + 16, to + 16);
        storeFour(c2, s + 32, b + 32, to + 32); storeFour(c3, s + 48, b + 48, to + 48);
        storeFour(d0, s, b, to + outPixel); storeFour(d1, s + 16, b + 16, to + outPixel + 16);
        storeFour(d2, s + 32, b + 32, to + outPixel + 32); storeFour(d3, s + 48, b + 48, to + outPixel + 48);
      }
    }
    filters += 9 * pixel * 16;
  }
}

export function convolve8(staged: usize, height: i32, width: i32, depth: i32, filters: usize, scale: usize, bias: usize, out: usize, n: i32): void {
  convolve(1, staged, height, width, depth, filters, scale, bias, out, n);
}

export function convolve16(staged: usize, height: i32, width: i32, depth: i32, filters: usize, scale: usize, bias: usize, out: usize, n: i32): void {
  convolve(2, staged, height, width, depth, filters, scale, bias, out, n);
}
