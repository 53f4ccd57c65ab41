/**
 * What a 3×3 convolution of the engine reads and writes, as its plan lays it out in memory: 32-bit words in this
 * order (see `shared/src/engine/convolution-layer.ts`). Maps are [height, width, channels] with channels padded to
 * whole vectors; the padding holds zeros.
 */
@unmanaged
export class Layer {
  /** A map that is upsampled ×2 (bilinear, align corners) while it is read, before `plain` in channel order; or 0. */
  up: usize;
  upHeight: i32;
  upWidth: i32;
  upChannels: i32;
  /** A map that is read as it is, whose first row is row `plainTop` of the input. */
  plain: usize;
  plainChannels: i32;
  plainTop: i32;
  /** Of the whole input. */
  height: i32;
  width: i32;
  /** Rows and columns of zeros beyond "same" on every side: the output is larger by twice that. */
  border: i32;
  /** Filters from `prepareWinograd4` or `prepareWinograd2`. */
  filters: usize;
  bias: usize;
  /** Its first row is row `outTop` of the output. It may lie where `plain` lies, if that has no fewer channels. */
  out: usize;
  outChannels: i32;
  outTop: i32;
  /** Rows to compute from `outTop` on. */
  outRows: i32;
  /** Lowest value of an output: 0 for ReLU, −∞ for none. */
  low: f32;
  /** Rows of tiles that share one pass over the filters. */
  blockRows: i32;
  scratch: usize;
  /** So many layers (the personas' heads) read one input: their filters, biases and outputs lie so far apart. */
  copies: i32;
  filtersStride: usize;
  biasStride: usize;
  outStride: usize;
  /** Whether `up` is upsampled by nearest neighbours instead. */
  nearest: i32;
}

/*
 * Places at fixed addresses, which need no check of bounds. The engine's own memory begins behind them
 * (`FIXED_BYTES` in `shared/src/engine/engine.ts`).
 */
/** A byte that stays 0, which no compiler knows. */
export const FALSE: usize = 0;
/** A tile's products, [4][6] vectors; outputs beyond the image; four tiles' inputs, [4][36] vectors. */
export const PRODUCTS: usize = 1024;
export const OUTSIDE: usize = 1536;
export const TILES: usize = 2048;
/** The decoder's: hidden layers of two vectors of pixels, [16][2] vectors; a latent half, [16]; two vectors of logits; weights. */
export const HIDDEN: usize = 4608;
export const SECOND_HIDDEN: usize = 5120;
export const LATENT: usize = 5632;
export const NUMBERS: usize = 5888;
export const WEIGHTS: usize = 6144;

/** Channels that a layer reads at each pixel. */
// @ts-ignore: decorator
@inline
export function depthOf(layer: Layer): i32 {
  return layer.upChannels + layer.plainChannels;
}

/** Width of the output. */
// @ts-ignore: decorator
@inline
export function outWidthOf(layer: Layer): i32 {
  return layer.width + 2 * layer.border;
}
