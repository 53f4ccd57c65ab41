import type { Buffer } from './arena.ts';
import type { Filters } from './filters.ts';

/** A place in a buffer of the arena. */
export interface Place {
  readonly buffer: Buffer;
  /** Bytes from its beginning. */
  readonly offset: number;
}

/** A map [height, width, channels] in the arena, channels padded. */
export interface FeatureMap {
  readonly buffer: Buffer;
  readonly height: number;
  readonly width: number;
  /** Without padding. */
  readonly channels: number;
}

/** A 3×3 convolution: see `shared/kernels/assembly/engine-layer.ts`, whose fields these are. */
export interface ConvolutionStep {
  readonly kind: 'convolution';
  readonly filters: Filters;
  readonly up: { readonly place: Place; height: number; width: number; channels: number } | undefined;
  /** Whether `up` is upsampled by nearest neighbours, not bilinearly. */
  readonly nearest: boolean;
  readonly plain: Place;
  readonly plainChannels: number;
  readonly plainTop: number;
  readonly height: number;
  readonly width: number;
  readonly border: number;
  readonly out: Place;
  readonly outTop: number;
  readonly outRows: number;
  readonly relu: boolean;
  readonly blockRows: number;
  readonly scratch: Place;
  /** Room for filters that are prepared at each use. */
  readonly prepare: Place | undefined;
  readonly copies: number;
  readonly filtersStride: number;
  readonly biasStride: number;
  readonly outStride: number;
}

/** One call of a kernel. */
export type Step =
  | ConvolutionStep
  | {
      readonly kind: 'first';
      readonly x: Place;
      readonly height: number;
      readonly width: number;
      readonly channels: number;
      readonly filters: number;
      readonly bias: number;
      readonly out: Place;
      readonly outputs: number;
      readonly scratch: Place;
    }
  | {
      readonly kind: 'pool';
      readonly x: Place;
      readonly height: number;
      readonly width: number;
      readonly channels: number;
      readonly out: Place;
    }
  | {
      readonly kind: 'mean';
      readonly x: Place;
      readonly pixels: number;
      readonly channels: number;
      readonly out: Place;
    }
  | {
      readonly kind: 'panels';
      readonly x: Place;
      readonly rows: number;
      readonly channels: number;
      readonly out: Place;
    }
  | {
      readonly kind: 'dense';
      readonly x: Place;
      readonly rows: number;
      readonly k: number;
      readonly matrix: number;
      readonly bias: number;
      readonly relu: boolean;
      readonly out: Place;
      readonly n: number;
    }
  | {
      /** The taps of a 7×7 convolution of stride 2, a row for each output. */
      readonly kind: 'patches';
      readonly x: Place;
      readonly height: number;
      readonly width: number;
      readonly channels: number;
      readonly out: Place;
    }
  | {
      /** Half the rows and columns: of each window the largest (3×3, border of one) or the first. */
      readonly kind: 'halve';
      readonly keep: 'largest' | 'first';
      readonly x: Place;
      readonly height: number;
      readonly width: number;
      readonly channels: number;
      readonly out: Place;
    }
  | {
      /** max(0, x + y) to the place of x. */
      readonly kind: 'add';
      readonly x: Place;
      readonly y: Place;
      readonly floats: number;
    };
