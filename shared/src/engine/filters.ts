import type { Int8Values } from '../release/quantize.ts';
import { type Kernels, padded } from './kernels.ts';

/** How a 3×3 convolution is computed: Winograd's F(4×4, 3×3) or F(2×2, 3×3). */
export type Method = 'winograd4' | 'winograd2';

/** A weight as a release holds it: numbers, or 8-bit integers times a scale for each output. */
export type PlainWeight = { readonly data: Float32Array } | { readonly int8: Int8Values };

/** Weights by name. */
export type PlainWeights = ReadonlyMap<string, PlainWeight>;

/** The filters of one 3×3 convolution in the engine's memory. */
export interface Filters {
  /** Channels that it reads, each joined map padded. */
  readonly depth: number;
  /** Channels that it writes, padded. */
  readonly n: number;
  readonly method: Method;
  /** Address of the prepared filters, or of the plain ones [3,3,depth,n] where they are prepared at each use. */
  readonly address: number;
  readonly prepared: boolean;
  /** Address of the scales [n] of plain filters that are kept as 8-bit integers, or 0. */
  readonly scales: number;
  /** Address of [n]. */
  readonly bias: number;
}

const PLANES: Readonly<Record<Method, number>> = { winograd4: 36, winograd2: 16 };

/** Bytes of filters that are prepared for a method. */
export function preparedBytes(method: Method, depth: number, n: number): number {
  return PLANES[method] * planeBytes(depth, n);
}

/** Bytes from one of the planes to the next: see `planeBytes` of the kernels. */
export function planeBytes(rows: number, channels: number): number {
  return 4 * rows * channels + 64;
}

/** A part of a kernel's input channels: so many, and as many with padding. */
export type Joined = readonly number[];

/**
 * A kernel [3,3,inputs,outputs] with channels padded to whole vectors: [3,3,depth,n]. Itself where there is nothing to pad.
 *
 * @param joined channels of each map that is joined to the input
 */
export function padKernel<T extends Float32Array | Int8Array>(kernel: T, joined: Joined, outputs: number): T {
  const inputs = joined.reduce((a, b) => a + b, 0);
  const depth = joined.reduce((a, b) => a + padded(b), 0);
  const n = padded(outputs);
  if (depth === inputs && n === outputs) return kernel;
  const taps = kernel.length / (inputs * outputs);
  const length = taps * depth * n;
  const out = (kernel instanceof Int8Array ? new Int8Array(length) : new Float32Array(length)) as T;
  for (let tap = 0; tap < taps; tap++) {
    let from = tap * inputs * outputs;
    let to = tap * depth * n;
    for (const channels of joined) {
      for (let i = 0; i < channels; i++) {
        out.set(kernel.subarray(from, from + outputs), to + i * n);
        from += outputs;
      }
      to += padded(channels) * n;
    }
  }
  return out;
}

/** Prepares plain filters. @param scratch of 432 bytes */
export function prepareFilters(
  kernels: Kernels,
  { method, depth, n, scales }: Pick<Filters, 'method' | 'depth' | 'n' | 'scales'>,
  plain: number,
  to: number,
  scratch: number,
): void {
  if (method === 'winograd4') kernels.prepareWinograd4(plain, scales, depth, n, to, scratch);
  else kernels.prepareWinograd2(plain, scales, depth, n, to, scratch);
}
