import { twoVectors } from './engine-decoder-unrolled';
import { FALSE, LATENT, NUMBERS, WEIGHTS } from './engine-layer';
import { panelToNumbers, panelToPanel } from './engine-panels';
import { sigmoid } from './exponential';
import { madd, zeros } from './simd';

/** Pixels whose image half stays in the first-level cache while all latent vectors pass over it. */
const TILE: usize = 256;

/** Where the maps of many latent vectors go. */
@unmanaged
export class Maps {
  /** Probabilities [count, pixels], or 0: sums only. */
  out: usize;
  /** The first map; sums of the others' distances from it, which are small where maps agree; and of their squares. */
  reference: usize;
  sums: usize;
  squares: usize;
  /** Whether the first latent vector is the very first: sums begin. */
  begin: i32;
}

/** Where the map of a latent vector begins, or 0. */
// @ts-ignore: decorator
@inline
function mapOf(maps: Maps, i: i32, bytes: usize): usize {
  return maps.out == 0 ? 0 : maps.out + <usize>i * bytes;
}

// @ts-ignore: decorator
@inline
function beginsWith(maps: Maps, i: i32): bool {
  return i == 0 && maps.begin != 0;
}

/** Takes four probabilities. @param out their place in their map, or 0 @param at bytes from the first pixel */
// @ts-ignore: decorator
@inline
function take(p: v128, out: usize, begin: bool, reference: usize, sums: usize, squares: usize, at: usize): void {
  if (out != 0) {
    v128.store(out + at, p);
  } else if (begin) {
    v128.store(reference + at, p);
    v128.store(sums + at, zeros());
    v128.store(squares + at, zeros());
  } else {
    const d = f32x4.sub(p, v128.load(reference + at));
    v128.store(sums + at, f32x4.add(v128.load(sums + at), d));
    v128.store(squares + at, madd(d, d, v128.load(squares + at)));
  }
}

/**
 * The decoder for many latent vectors: σ(w·relu(W₁ relu(W₀ relu(part + z))) + b).
 *
 * @param part the first layer's image half, in panels [pixels/4][channels][4]
 * @param latents its latent halves, with its bias: [count, channels]
 * @param weights packed W₀, its bias, packed W₁, its bias, w, and b four times, one after the other
 * @param pixels a multiple of 4: the maps have room for it
 * @param scratch two panels
 */
export function decode(part: usize, pixels: i32, channels: i32, latents: usize, count: i32, weights: usize, maps: Maps, scratch: usize): void {
  if (channels == 16) decodeUnrolled(16, part, pixels, latents, count, weights, maps);
  else if (channels == 8) decodeUnrolled(8, part, pixels, latents, count, weights, maps);
  else decodeAny(part, pixels, channels, latents, count, weights, maps, scratch);
}

// @ts-ignore: decorator
@inline
function decodeUnrolled(depth: i32, part: usize, pixels: i32, latents: usize, count: i32, weights: usize, maps: Maps): void {
  const row = (<usize>depth) << 2, panel = 4 * row, map = (<usize>pixels) << 2;
  const never = load<bool>(FALSE);
  const reference = maps.reference, sums = maps.sums, squares = maps.squares;
  memory.copy(WEIGHTS, weights, 2 * (<usize>depth * row + row) + row + 4);
  for (let first: usize = 0; first < map; first += 4 * TILE) {
    const end = min(map, first + 4 * TILE);
    for (let i = 0; i < count; i++) {
      for (let c: usize = 0; c < <usize>depth; c++) v128.store(LATENT + (c << 4), v128.load32_splat(latents + <usize>i * row + (c << 2)));
      const out = mapOf(maps, i, map), begin = beginsWith(maps, i);
      let a = part + (first >> 4) * panel;
      for (let at = first; at < end; at += 32) {
        const more = at + 16 < end;
        twoVectors(depth, a, more ? a + panel : a, never);
        take(sigmoid(v128.load(NUMBERS)), out, begin, reference, sums, squares, at);
        if (more) take(sigmoid(v128.load(NUMBERS, 16)), out, begin, reference, sums, squares, at + 16);
        a += 2 * panel;
      }
    }
  }
}

function decodeAny(part: usize, pixels: i32, channels: i32, latents: usize, count: i32, weights: usize, maps: Maps, scratch: usize): void {
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
      take(p, mapOf(maps, i, map), beginsWith(maps, i), maps.reference, maps.sums, maps.squares, at);
    }
    part += panel;
  }
}
