import { aligned, CACHE_LINE } from '../scratch.ts';

/** A convolution as it is executed, forward or backward. */
export interface ConvolutionShape {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Channels rounded up to whole vectors of four. */
export function padded(channels: number): number {
  return (channels + 3) & ~3;
}

/** Tiles that share one pass over the transformed filters: more reuse them, fewer stay in the second-level cache. */
const TILES_PER_BLOCK = 32;

/** Enough that no thread waits long for another which was interrupted; few enough to cost nothing. */
const CHUNKS_PER_THREAD = 8;

const VECTOR = 16;
const FLOAT = 4;

/** How a 3×3 convolution is divided: see `winograd.ts` of the kernels. */
export interface WinogradPlan {
  /** Rows of tiles over all images. */
  readonly tileRows: number;
  /** Rows of tiles that are done together. */
  readonly blockRows: number;
  /** Rows of tiles that a thread takes at a time. */
  readonly chunkRows: number;
  readonly filterBytes: number;
  /** For each thread, for the convolution and for its filter gradient. */
  readonly scratchBytes: number;
  /** Shares of the filter gradient, each summed by itself, and rows of tiles in one. */
  readonly shares: number;
  readonly shareRows: number;
  readonly accumulatorBytes: number;
}

/** Tiles, or pixels, that are worth an accumulator of their own, and the most accumulators. */
const SHARE_TILES = 48;
const SHARE_PIXELS = 4096;
const MOST_SHARES = 8;

/** Divides items so that the order of a sum depends on the shape alone, not on threads. */
function divide(items: number, wanted: number): { shares: number; items: number } {
  const share = Math.ceil(items / Math.max(1, Math.min(MOST_SHARES, wanted)));
  return { shares: Math.ceil(items / share), items: share };
}

export function planWinograd(shape: ConvolutionShape, threads: number): WinogradPlan {
  const depth = padded(shape.inputs);
  const n = padded(shape.outputs);
  const tilesX = Math.ceil(shape.width / 4);
  const tileRows = shape.images * Math.ceil(shape.height / 4);
  const share = divide(tileRows, Math.max(2, Math.floor((tileRows * tilesX) / SHARE_TILES)));
  const blockRows = Math.max(1, Math.min(Math.floor(TILES_PER_BLOCK / tilesX), share.items));
  const chunkBlocks = Math.floor(tileRows / (blockRows * threads * CHUNKS_PER_THREAD));
  const tiles = padded(blockRows * tilesX);
  const inBand = 6 * (4 * tilesX + 2) * depth * FLOAT;
  const outBand = 6 * 4 * tilesX * n * FLOAT;
  const staged = 6 * shape.width * Math.max(depth, n) * FLOAT;
  const planes = 36 * (tiles * (depth + n) * FLOAT + 2 * CACHE_LINE);
  const scratch = aligned(40 * VECTOR + inBand + outBand + staged + planes);
  return {
    tileRows,
    blockRows,
    chunkRows: blockRows * Math.max(1, chunkBlocks),
    filterBytes: 36 * (depth * n * FLOAT + CACHE_LINE),
    scratchBytes: scratch,
    shares: share.shares,
    shareRows: share.items,
    accumulatorBytes: aligned(64 + n * FLOAT + 36 * (depth * n * FLOAT + CACHE_LINE)),
  };
}

/** Pixels of a 1×1 convolution that a thread takes at a time. */
export const POINTWISE_CHUNK = 2048;

export interface PointwisePlan {
  readonly pixels: number;
  readonly filterBytes: number;
  readonly scratchBytes: number;
  /** Shares of the filter gradient, each summed by itself, and pixels in one. */
  readonly shares: number;
  readonly sharePixels: number;
  readonly accumulatorBytes: number;
}

export function planPointwise({ images, height, width, inputs, outputs }: ConvolutionShape): PointwisePlan {
  const depth = padded(inputs);
  const n = padded(outputs);
  const pixels = images * height * width;
  const share = divide(pixels, Math.floor(pixels / SHARE_PIXELS));
  return {
    pixels,
    shares: share.shares,
    sharePixels: share.items,
    filterBytes: (depth + 1) * n * FLOAT,
    scratchBytes: aligned(64 * (depth + n) * FLOAT),
    accumulatorBytes: aligned(64 + (depth + 1) * n * FLOAT),
  };
}
