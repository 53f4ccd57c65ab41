import type { Encoding } from '@d-persona/shared/engine/engine.ts';
import type { Size } from '@d-persona/shared/mask/region.ts';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import type { StoredWeights } from '@d-persona/shared/release/decode-release.ts';

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
  /** Bytes that are this engine's alone. */
  readonly bytes: number;
  /** What it shares with other engines, or undefined for one that shares nothing. */
  readonly core?: Core;
  /** Gives its memory back. */
  dispose(): void;
}

/** Weights and arena, which releases that differ in their heads alone share. */
export interface Core {
  readonly id: string;
  /** Of weights and arena. */
  readonly bytes: number;
  /** Of the weights alone. */
  readonly weightBytes: number;
  /** What `bytes` comes to at most while it works on an image of that size. */
  bytesFor(size: Size): number;
  /** Gives the arena back until the next image. @returns whether there was one */
  trim(): boolean;
}

/** Makes engines. */
export interface Engines {
  /**
   * Keeps a core that is loaded from being given back, so that an engine can be started on it with heads alone.
   *
   * @returns to be called afterwards; undefined where the core is not loaded
   */
  hold(core: string): (() => void) | undefined;
  /**
   * Makes an engine of a release's weights.
   *
   * @param core names everything of the release but its heads
   * @param size of the images it will get
   */
  start(architecture: Architecture, weights: StoredWeights, size: Size, core: string): SegmentationEngine;
}
