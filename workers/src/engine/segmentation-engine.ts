import type { Encoding } from '@d-persona/shared/engine/engine.ts';
import type { Size } from '@d-persona/shared/mask/region.ts';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import type { PlainWeights } from '@d-persona/shared/release/encode-release.ts';

/** A release that segments. One image at a time: see Gate. */
export interface SegmentationEngine {
  /** Runs U-Net, prior and heads. @param input standardised intensities [H,W,C] */
  encode(input: Float32Array, size: Size): Encoding;
  /**
   * Probability maps [H · W] of latent vectors, one at a time: a caller that sums them keeps one map, not a hundred.
   * The engine must not be left to others before the last one is taken.
   *
   * @param encoding one that this engine made
   */
  probabilities(encoding: Encoding, latents: readonly Float32Array[]): Iterable<Float32Array>;
  /** Gives its memory back. */
  dispose(): void;
}

/** Makes an engine of a release's weights. @param size of the images it will get */
export type StartEngine = (
  architecture: Architecture,
  weights: PlainWeights,
  size: Size,
) => SegmentationEngine;
