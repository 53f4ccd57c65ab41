import { twoVectors } from './engine-decoder-unrolled';
import { FALSE, LATENT, NUMBERS, WEIGHTS } from './engine-layer';
import { panelToNumbers, panelToPanel } from './engine-panels';
import { sigmoid } from './exponential';
import { zeros } from './simd';

/** Pixels whose image half stays in the first-level cache while all latent vectors pass over it. */
const TILE: usize = 256;

/**
 * The decoder for many latent vectors: σ(w·relu(W₁ relu(W₀ relu(part + z))) + b).
 *
 * @param part the first layer's image half, in panels [pixels/4][channels][4]
 * @param latents its latent halves, with its bias: [count, channels]
 * @param weights packed W₀, its bias, packed W₁, its bias, w, and b four times, one after the other
 * @param pixels a multiple of 4: the maps have room for it
 * @param out probabilities [count, pixels]
 * @param scratch two panels
 */
export function decode(part: usize, pixels: i32, channels: i32, latents: usize, count: i32, weights: usize, out: usize, scratch: usize): void {
  if (channels == 16) decodeUnrolled(16, part, pixels, latents, count, weights, out);
  else if (channels == 8) decodeUnrolled(8, part, pixels, latents, count, weights, out);
  else decodeAny(part, pixels, channels, latents, count, weights, out, scratch);
}

// @ts-ignore: decorator
@inline
function decodeUnrolled(depth: i32, part: usize, pixels: i32, latents: usize, count: i32, weights: usize, out: usize): void {
  const row = (<usize>depth) << 2, panel = 4 * row, map = (<usize>pixels) << 2;
  const never = load<bool>(FALSE);
  memory.copy(WEIGHTS, weights, 2 * (<usize>depth * row + row) + row + 4);
  for (let first: usize = 0; first < map; first += 4 * TILE) {
    const end = min(map, first + 4 * TILE);
    for (let i = 0; i < count; i++) {
      for (let c: usize = 0; c < <usize>depth; c++) v128.store(LATENT + (c << 4), v128.load32_splat(latents + <usize>i * row + (c << 2)));
      const to = out + <usize>i * map;
      let a = part + (first >> 4) * panel;
      for (let at = first; at < end; at += 32) {
        const more = at + 16 < end;
        twoVectors(depth, a, more ? a + panel : a, never);
        v128.store(to + at, sigmoid(v128.load(NUMBERS)));
        if (more) v128.store(to + at, sigmoid(v128.load(NUMBERS, 16)), 16);
        a += 2 * panel;
      }
    }
  }
}

function decodeAny(part: usize, pixels: i32, channels: i32, latents: usize, count: i32, weights: usize, out: usize, scratch: usize): void {
  const row = (<usize>channels) << 2, matrix = <usize>channels * row, panel = 4 * row;
  const bias0 = weights + matrix, second = bias0 + row, bias1 = second + matrix, last = bias1 + row;
  const lastBias = v128.load(last + row), low = zeros();
  const hidden = scratch + panel, end = scratch + panel, map = (<usize>pixels) << 2;
  for (let at: usize = 0; at < map; at += 16) {
    let z = latents;
    for (let i = 0; i < count; i++) {
      let from = part;
      for (let to = scratch; to < end; to += 64) {
        const four = v128.load(z);
        v128.store(to, f32x4.pmax(f32x4.add(v128.load(from), v128.shuffle<f32>(four, four, 0, 0, 0, 0)), low));
        v128.store(to, f32x4.pmax(f32x4.add(v128.load(from, 16), v128.shuffle<f32>(four, four, 1, 1, 1, 1)), low), 16);
        v128.store(to, f32x4.pmax(f32x4.add(v128.load(from, 32), v128.shuffle<f32>(four, four, 2, 2, 2, 2)), low), 32);
        v128.store(to, f32x4.pmax(f32x4.add(v128.load(from, 48), v128.shuffle<f32>(four, four, 3, 3, 3, 3)), low), 48);
        from += 64;
        z += 16;
      }
      panelToPanel(scratch, channels, weights, channels, bias0, hidden);
      const p = sigmoid(f32x4.add(panelToNumbers(hidden, channels, second, channels, bias1, last), lastBias));
      v128.store(out + <usize>i * map + at, p);
    }
    part += panel;
  }
}
