import type { Size } from '@d-persona/shared/mask/region.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { loadManifest, loadParts } from '@d-persona/shared/release/store.ts';
import type { Engines, SegmentationEngine } from './segmentation-engine.ts';

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
  readonly engines: Engines;
  readonly bankSize: number;
}

const HEADS = 'personas.bin';

/**
 * Loads and verifies a release and puts its weights into an engine. Where another release on the same core is loaded
 * already, only the heads are read.
 *
 * @throws ReleaseError for one that must not be used
 */
export async function loadModel({ store, engines, bankSize }: Loading, hash: string): Promise<Model> {
  const manifest = await loadManifest(store, hash, servingSpecs);
  const core = coreOf(manifest);
  const release = engines.hold(core);
  try {
    const parts = release === undefined ? Object.keys(manifest.parts).sort() : [HEADS];
    const weights = await loadParts(store, manifest, parts);
    const [height, width] = manifest.input.size;
    const inputSize = { height, width };
    const engine = engines.start(manifest.architecture, weights, inputSize, core);
    return { hash, manifest, engine, inputSize, bankSize };
  } finally {
    release?.();
  }
}

/** Names all of a release but its heads: what is the same in two releases can be shared by them. */
function coreOf({ architecture, input, parts, weights }: Manifest): string {
  const shared = Object.entries(parts).flatMap(([name, { sha256 }]) =>
    name === HEADS ? [] : [name, sha256],
  );
  const headTypes = weights.flatMap(({ part, dtype }) => (part === HEADS ? [dtype] : []));
  return JSON.stringify([architecture, input.size, shared.sort(), headTypes]);
}
