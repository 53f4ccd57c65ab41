import { sigmoid } from './exponential';
import { multiplyAddClamp } from './gemm';
import { madd, zeros } from './simd';

/** Pixels whose activations stay in the first-level cache. */
const BLOCK: i32 = 64;

/** Σ over the channels of four pixels' activations: one vector. */
// @ts-ignore: decorator
@inline
function fourSums(a: usize, pixel: usize, weights: usize): v128 {
  let s0 = zeros(), s1 = zeros(), s2 = zeros(), s3 = zeros();
  for (let c: usize = 0; c < pixel; c += 16) {
    const w = v128.load(weights + c);
    s0 = madd(v128.load(a + c), w, s0);
    s1 = madd(v128.load(a + pixel + c), w, s1);
    s2 = madd(v128.load(a + 2 * pixel + c), w, s2);
    s3 = madd(v128.load(a + 3 * pixel + c), w, s3);
  }
  const low01 = v128.shuffle<f32>(s0, s1, 0, 4, 1, 5), high01 = v128.shuffle<f32>(s0, s1, 2, 6, 3, 7);
  const low23 = v128.shuffle<f32>(s2, s3, 0, 4, 1, 5), high23 = v128.shuffle<f32>(s2, s3, 2, 6, 3, 7);
  const even = f32x4.add(v128.shuffle<f32>(low01, low23, 0, 1, 4, 5), v128.shuffle<f32>(low01, low23, 2, 3, 6, 7));
  const odd = f32x4.add(v128.shuffle<f32>(high01, high23, 0, 1, 4, 5), v128.shuffle<f32>(high01, high23, 2, 3, 6, 7));
  return f32x4.add(even, odd);
}

/**
 * The decoder for many latent vectors in one pass over the pixels: σ(w·relu(W₁ relu(W₀ relu(part + z))) + b).
 *
 * @param part the first layer's image half [pixels, channels]
 * @param latents its latent halves, with its bias: [count, channels]
 * @param weights packed W₀, its bias, packed W₁, its bias, w, and b four times, one after the other
 * @param pixels a multiple of 4: the maps have room for it
 * @param out probabilities [count, pixels]
 * @param scratch two times 64 pixels of activations
 */
export function decode(part: usize, pixels: i32, channels: i32, latents: usize, count: i32, weights: usize, out: usize, scratch: usize): void {
  const pixel = (<usize>channels) << 2, matrix = <usize>channels * pixel;
  const bias0 = weights + matrix, second = bias0 + pixel, bias1 = second + matrix, last = bias1 + pixel;
  const lastBias = v128.load(last + pixel);
  const first = scratch, hidden = scratch + <usize>BLOCK * pixel;
  for (let p = 0; p < pixels; p += BLOCK) {
    const rows = min(BLOCK, pixels - p);
    const from = part + <usize>p * pixel;
    let latent = latents, map = out + (<usize>p << 2);
    for (let i = 0; i < count; i++) {
      for (let c: usize = 0; c < pixel; c += 16) {
        const z = v128.load(latent + c);
        let at = from + c, to = first + c;
        for (let r = 0; r < rows; r++) {
          v128.store(to, f32x4.pmax(f32x4.add(v128.load(at), z), zeros()));
          at += pixel;
          to += pixel;
        }
      }
      multiplyAddClamp(first, pixel, rows, channels, weights, channels, hidden, pixel, bias0, 0);
      multiplyAddClamp(hidden, pixel, rows, channels, second, channels, first, pixel, bias1, 0);
      for (let r = 0; r < rows; r += 4) {
        const logits = f32x4.add(fourSums(first + <usize>r * pixel, pixel, last), lastBias);
        v128.store(map + (<usize>r << 2), sigmoid(logits));
      }
      latent += pixel;
      map += (<usize>pixels) << 2;
    }
  }
}

/** Adds a map's distance from a first one, and its square, to running sums: what mean and deviation are made of. */
export function accumulate(map: usize, reference: usize, pixels: i32, sums: usize, squares: usize): void {
  for (let i: usize = 0; i < (<usize>pixels) << 2; i += 16) {
    const d = f32x4.sub(v128.load(map + i), v128.load(reference + i));
    v128.store(sums + i, f32x4.add(v128.load(sums + i), d));
    v128.store(squares + i, madd(d, d, v128.load(squares + i)));
  }
}
