import type { Sample } from './sample.ts';

/** What one optimiser step sees: N samples of one size as flat NHWC arrays. */
export interface Batch {
  /** N */
  readonly size: number;
  readonly height: number;
  readonly width: number;
  /** C */
  readonly channels: number;
  /** R */
  readonly raters: number;
  /** x [N,H,W,C], each image standardised. */
  readonly images: Float32Array;
  /** y [N,H,W,R] of 0 and 1; a missing rater's mask is all 0. */
  readonly masks: Float32Array;
  /** [N,R], 1 where the rater's mask exists. Every image has at least one. */
  readonly present: Float32Array;
  readonly samples: readonly Sample[];
}
