import { panelToNumbers, panelToPanel } from './engine-panels';
import { sigmoid } from './exponential';
import { madd, zeros } from './simd';

/**
 * The decoder for many latent vectors in one pass over the pixels: σ(w·relu(W₁ relu(W₀ relu(part + z))) + b).
 *
 * @param part the first layer's image half, in panels [pixels/4][channels][4]
 * @param latents its latent halves, with its bias: [count, channels]
 * @param weights packed W₀, its bias, packed W₁, its bias, w, and b four times, one after the other
 * @param pixels a multiple of 4: the maps have room for it
 * @param out probabilities [count, pixels]
 * @param scratch two panels
 */
export function decode(part: usize, pixels: i32, channels: i32, latents: usize, count: i32, weights: usize, out: usize, scratch: usize): void {
  const row = (<usize>channels) << 2, matrix = <usize>channels * row, panel = 4 * row;
  const bias0 = weights + matrix, second = bias0 + row, bias1 = second + matrix, last = bias1 + row;
  const lastBias = v128.load(last + row), low = zeros();
  const hidden = scratch + panel, end = scratch + panel, map = (<usize>pixels) << 2;
  for (let p: usize = 0; p < map; p += 16) {
    let z = latents, to = out + p;
    for (let i = 0; i < count; i++) {
      let from = part;
      for (let at = scratch; at < end; at += 64) {
        const four = v128.load(z);
        v128.store(at, f32x4.pmax(f32x4.add(v128.load(from), v128.shuffle<f32>(four, four, 0, 0, 0, 0)), low));
        v128.store(at, f32x4.pmax(f32x4.add(v128.load(from, 16), v128.shuffle<f32>(four, four, 1, 1, 1, 1)), low), 16);
        v128.store(at, f32x4.pmax(f32x4.add(v128.load(from, 32), v128.shuffle<f32>(four, four, 2, 2, 2, 2)), low), 32);
        v128.store(at, f32x4.pmax(f32x4.add(v128.load(from, 48), v128.shuffle<f32>(four, four, 3, 3, 3, 3)), low), 48);
        from += 64;
        z += 16;
      }
      panelToPanel(scratch, channels, weights, channels, bias0, hidden);
      v128.store(to, sigmoid(f32x4.add(panelToNumbers(hidden, channels, second, channels, bias1, last), lastBias)));
      to += map;
    }
    part += panel;
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
