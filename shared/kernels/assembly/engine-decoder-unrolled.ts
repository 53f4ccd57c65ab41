import { HIDDEN, LATENT, NUMBERS, SECOND_HIDDEN, WEIGHTS } from './engine-layer';
import { madd, zeros } from './simd';

/*
 * The decoder's hidden layers for 8 or 16 channels, unrolled, on two vectors of four pixels: a weight is broadcast from
 * memory and used twice. Everything lies at fixed addresses, which a runtime need not check. What is never true
 * (`never`) keeps the compilers from moving all loads before all products, for which there are not enough registers.
 */

/**
 * Four outputs of a layer, from a fixed place to a fixed place.
 *
 * @param depth channels, 8 or 16
 * @param x input [depth][2] vectors; `w`: weights of the first of the four outputs, eight outputs to a row
 * @param to output [4][2] vectors after ReLU, or 0: they are multiplied by `last` [4] and added to {@link NUMBERS}
 */
// @ts-ignore: decorator
@inline
function fourOutputs(depth: i32, x: usize, w: usize, bias: usize, to: usize, last: usize, never: bool): void {
  let c0 = v128.load32_splat(bias), c1 = v128.load32_splat(bias, 4), c2 = v128.load32_splat(bias, 8), c3 = v128.load32_splat(bias, 12);
  let d0 = c0, d1 = c1, d2 = c2, d3 = c3;
  let f: v128, g: v128, v: v128;
  f = v128.load(x, 0); g = v128.load(x, 16);
  v = v128.load32_splat(w, 0); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 4); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
  v = v128.load32_splat(w, 8); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 12); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
  if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
  f = v128.load(x, 32); g = v128.load(x, 48);
  v = v128.load32_splat(w, 32); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 36); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
  v = v128.load32_splat(w, 40); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 44); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
  if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
  f = v128.load(x, 64); g = v128.load(x, 80);
  v = v128.load32_splat(w, 64); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 68); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
  v = v128.load32_splat(w, 72); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 76); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
  if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
  f = v128.load(x, 96); g = v128.load(x, 112);
  v = v128.load32_splat(w, 96); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 100); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
  v = v128.load32_splat(w, 104); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 108); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
  if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
  f = v128.load(x, 128); g = v128.load(x, 144);
  v = v128.load32_splat(w, 128); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 132); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
  v = v128.load32_splat(w, 136); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 140); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
  if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
  f = v128.load(x, 160); g = v128.load(x, 176);
  v = v128.load32_splat(w, 160); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 164); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
  v = v128.load32_splat(w, 168); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 172); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
  if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
  f = v128.load(x, 192); g = v128.load(x, 208);
  v = v128.load32_splat(w, 192); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 196); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
  v = v128.load32_splat(w, 200); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 204); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
  if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
  f = v128.load(x, 224); g = v128.load(x, 240);
  v = v128.load32_splat(w, 224); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 228); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
  v = v128.load32_splat(w, 232); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 236); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
  if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
  if (depth > 8) {
    f = v128.load(x, 256); g = v128.load(x, 272);
    v = v128.load32_splat(w, 256); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 260); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
    v = v128.load32_splat(w, 264); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 268); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
    if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
    f = v128.load(x, 288); g = v128.load(x, 304);
    v = v128.load32_splat(w, 288); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 292); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
    v = v128.load32_splat(w, 296); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 300); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
    if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
    f = v128.load(x, 320); g = v128.load(x, 336);
    v = v128.load32_splat(w, 320); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 324); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
    v = v128.load32_splat(w, 328); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 332); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
    if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
    f = v128.load(x, 352); g = v128.load(x, 368);
    v = v128.load32_splat(w, 352); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 356); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
    v = v128.load32_splat(w, 360); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 364); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
    if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
    f = v128.load(x, 384); g = v128.load(x, 400);
    v = v128.load32_splat(w, 384); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 388); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
    v = v128.load32_splat(w, 392); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 396); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
    if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
    f = v128.load(x, 416); g = v128.load(x, 432);
    v = v128.load32_splat(w, 416); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 420); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
    v = v128.load32_splat(w, 424); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 428); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
    if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
    f = v128.load(x, 448); g = v128.load(x, 464);
    v = v128.load32_splat(w, 448); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 452); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
    v = v128.load32_splat(w, 456); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 460); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
    if (never) { c0 = f; c1 = f; c2 = f; c3 = f; d0 = f; d1 = f; d2 = f; d3 = f; }
    f = v128.load(x, 480); g = v128.load(x, 496);
    v = v128.load32_splat(w, 480); c0 = madd(f, v, c0); d0 = madd(g, v, d0); v = v128.load32_splat(w, 484); c1 = madd(f, v, c1); d1 = madd(g, v, d1);
    v = v128.load32_splat(w, 488); c2 = madd(f, v, c2); d2 = madd(g, v, d2); v = v128.load32_splat(w, 492); c3 = madd(f, v, c3); d3 = madd(g, v, d3);
  }
  const low = zeros();
  if (to != 0) {
    v128.store(to, f32x4.pmax(c0, low)); v128.store(to, f32x4.pmax(d0, low), 16);
    v128.store(to, f32x4.pmax(c1, low), 32); v128.store(to, f32x4.pmax(d1, low), 48);
    v128.store(to, f32x4.pmax(c2, low), 64); v128.store(to, f32x4.pmax(d2, low), 80);
    v128.store(to, f32x4.pmax(c3, low), 96); v128.store(to, f32x4.pmax(d3, low), 112);
  } else {
    let p = v128.load(NUMBERS), q = v128.load(NUMBERS, 16);
    v = v128.load32_splat(last); p = madd(f32x4.pmax(c0, low), v, p); q = madd(f32x4.pmax(d0, low), v, q);
    v = v128.load32_splat(last, 4); p = madd(f32x4.pmax(c1, low), v, p); q = madd(f32x4.pmax(d1, low), v, q);
    v = v128.load32_splat(last, 8); p = madd(f32x4.pmax(c2, low), v, p); q = madd(f32x4.pmax(d2, low), v, q);
    v = v128.load32_splat(last, 12); p = madd(f32x4.pmax(c3, low), v, p); q = madd(f32x4.pmax(d3, low), v, q);
    v128.store(NUMBERS, p); v128.store(NUMBERS, q, 16);
  }
}

/** relu(part + latent) of one channel of two vectors, to {@link HIDDEN}. */
// @ts-ignore: decorator
@inline
function firstChannel(a: usize, b: usize, c: usize, low: v128): void {
  const z = v128.load(LATENT + 16 * c);
  v128.store(HIDDEN + 32 * c, f32x4.pmax(f32x4.add(v128.load(a + 16 * c), z), low));
  v128.store(HIDDEN + 32 * c, f32x4.pmax(f32x4.add(v128.load(b + 16 * c), z), low), 16);
}

// @ts-ignore: decorator
@inline
function eightChannels(a: usize, b: usize, c: usize, low: v128): void {
  firstChannel(a, b, c, low); firstChannel(a, b, c + 1, low); firstChannel(a, b, c + 2, low); firstChannel(a, b, c + 3, low);
  firstChannel(a, b, c + 4, low); firstChannel(a, b, c + 5, low); firstChannel(a, b, c + 6, low); firstChannel(a, b, c + 7, low);
}

/** The decoder up to its logits, to {@link NUMBERS}, for two panels of the image half and the latent half at {@link LATENT}. */
// @ts-ignore: decorator
@inline
export function twoVectors(depth: i32, a: usize, b: usize, never: bool): void {
  const row = (<usize>depth) << 2, matrix = <usize>depth * row;
  const bias0 = WEIGHTS + matrix, second = bias0 + row, bias1 = second + matrix, last = bias1 + row;
  const half = <usize>depth << 5, low = zeros();
  eightChannels(a, b, 0, low);
  if (depth > 8) eightChannels(a, b, 8, low);
  fourOutputs(depth, HIDDEN, WEIGHTS, bias0, SECOND_HIDDEN, 0, never);
  fourOutputs(depth, HIDDEN, WEIGHTS + 16, bias0 + 16, SECOND_HIDDEN + 128, 0, never);
  if (depth > 8) {
    fourOutputs(depth, HIDDEN, WEIGHTS + half, bias0 + 32, SECOND_HIDDEN + 256, 0, never);
    fourOutputs(depth, HIDDEN, WEIGHTS + half + 16, bias0 + 48, SECOND_HIDDEN + 384, 0, never);
  }
  const bias = v128.load32_splat(last + row);
  v128.store(NUMBERS, bias);
  v128.store(NUMBERS, bias, 16);
  fourOutputs(depth, SECOND_HIDDEN, second, bias1, 0, last, never);
  fourOutputs(depth, SECOND_HIDDEN, second + 16, bias1 + 16, 0, last + 16, never);
  if (depth > 8) {
    fourOutputs(depth, SECOND_HIDDEN, second + half, bias1 + 32, 0, last + 32, never);
    fourOutputs(depth, SECOND_HIDDEN, second + half + 16, bias1 + 48, 0, last + 48, never);
  }
}
