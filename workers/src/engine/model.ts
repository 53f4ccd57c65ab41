import type { Size } from '@d-persona/shared/mask/region.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { StoredTensor } from '@d-persona/shared/release/decode-release.ts';
import { type Manifest, MODEL_CARD } from '@d-persona/shared/release/manifest.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { loadManifest, loadPart } from '@d-persona/shared/release/store.ts';
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
  /** Makes room for so many bytes. */
  readonly makeRoom: (bytes: number) => void;
}

const HEADS = 'personas.bin';
/** An engine takes at least its weights, and while it is made has them beside it. */
const ROOM_FOR_EACH_BYTE = 2;

/**
 * Loads and verifies a release and puts its weights into an engine. Where another release on the same core is loaded
 * already, only the heads are read.
 *
 * @throws ReleaseError for one that must not be used
 */
export async function loadModel(loading: Loading, hash: string): Promise<Model> {
  const { store, engines, bankSize } = loading;
  const manifest = await loadManifest(store, hash, servingSpecs);
  const core = coreOf(manifest);
  const release = engines.hold(core);
  try {
    const weights = await loadWeights(
      loading,
      manifest,
      release === undefined ? weightParts(manifest) : [HEADS],
    );
    const [height, width] = manifest.input.size;
    const inputSize = { height, width };
    const engine = engines.start(manifest.architecture, weights, inputSize, core);
    return { hash, manifest, engine, inputSize, bankSize };
  } finally {
    release?.();
  }
}

async function loadWeights(
  { store, makeRoom }: Loading,
  manifest: Manifest,
  parts: readonly string[],
): Promise<Map<string, StoredTensor>> {
  makeRoom(ROOM_FOR_EACH_BYTE * parts.reduce((sum, part) => sum + (manifest.parts[part]?.bytes ?? 0), 0));
  const weights = new Map<string, StoredTensor>();
  for (const part of parts) {
    for (const [name, tensor] of await loadPart(store, manifest, part)) weights.set(name, tensor);
  }
  return weights;
}

/** All but what a release says of itself to people. */
function weightParts({ parts }: Manifest): string[] {
  return Object.keys(parts)
    .filter((part) => part !== MODEL_CARD)
    .sort();
}

/** Names all of a release but its heads: what is the same in two releases can be shared by them. */
function coreOf({ architecture, input, parts, weights }: Manifest): string {
  const shared = Object.entries(parts).flatMap(([name, { sha256 }]) =>
    name === HEADS || name === MODEL_CARD ? [] : [name, sha256],
  );
  const headTypes = weights.flatMap(({ part, dtype }) => (part === HEADS ? [dtype] : []));
  return JSON.stringify([architecture, input.size, shared.sort(), headTypes]);
}
