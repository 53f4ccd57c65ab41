import type { Size } from '@d-persona/shared/mask/region.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { loadRelease } from '@d-persona/shared/release/store.ts';
import type { SegmentationEngine, StartEngine } from './segmentation-engine.ts';

/** A release in the engine's memory. */
export interface Model {
  readonly hash: string;
  readonly manifest: Manifest;
  readonly engine: SegmentationEngine;
  /** Height and width of the model's input. */
  readonly inputSize: Size;
  /** Vectors M of the prior bank. */
  readonly bankSize: number;
}

/** How a release is made ready. */
export interface Loading {
  readonly store: ObjectStore;
  readonly startEngine: StartEngine;
  readonly bankSize: number;
}

/**
 * Loads and verifies a release and puts its weights into an engine.
 *
 * @throws ReleaseError for one that must not be used
 */
export async function loadModel({ store, startEngine, bankSize }: Loading, hash: string): Promise<Model> {
  const { manifest, weights } = await loadRelease(store, hash, servingSpecs);
  const [height, width] = manifest.input.size;
  const inputSize = { height, width };
  return {
    hash,
    manifest,
    engine: startEngine(manifest.architecture, weights, inputSize),
    inputSize,
    bankSize,
  };
}
