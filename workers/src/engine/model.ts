import type { Size } from '@d-persona/shared/mask/region.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { loadRelease } from '@d-persona/shared/release/store.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Network } from './encoding.ts';

/** A release in the engine's memory. */
export interface Model {
  readonly hash: string;
  readonly manifest: Manifest;
  readonly network: Network;
  /** Height and width of the model's input. */
  readonly inputSize: Size;
  /** Vectors M of the prior bank. */
  readonly bankSize: number;
}

/**
 * Loads and verifies a release and puts its weights into the engine.
 *
 * @throws ReleaseError for one that must not be used
 */
export async function loadModel(store: ObjectStore, hash: string, bankSize: number): Promise<Model> {
  const { manifest, weights } = await loadRelease(store, hash, servingSpecs);
  const tensors = new Map<string, tf.Tensor>();
  for (const [name, { shape, data }] of weights) tensors.set(name, tf.tensor(data, [...shape]));
  const [height, width] = manifest.input.size;
  const network = { architecture: manifest.architecture, weights: tensors };
  return { hash, manifest, network, inputSize: { height, width }, bankSize };
}

export function disposeModel({ network }: Model): void {
  for (const tensor of network.weights.values()) tensor.dispose();
}
