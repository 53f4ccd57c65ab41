import * as tf from '@tensorflow/tfjs-core';
import type { PlainWeights } from '../release/encode-release.ts';

/** Plain weights, as a release holds them, as tensors by name. The caller disposes them. */
export function weightTensors(weights: PlainWeights): Map<string, tf.Tensor> {
  return new Map([...weights].map(([name, { shape, data }]) => [name, tf.tensor(data, [...shape])]));
}
