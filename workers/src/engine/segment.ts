import { decode } from '@d-persona/shared/model/decoder.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Encoding, Network } from './encoding.ts';
import { takeProbabilities } from './tensors.ts';

/**
 * Probability maps [H · W] of latent vectors, one at a time: a caller that sums them keeps one map, not a hundred.
 * The engine must not be left to others before the last one is taken: see Gate.
 */
export function* probabilityMaps(
  { weights }: Pick<Network, 'weights'>,
  { height, width, imagePart }: Encoding,
  latents: Iterable<Float32Array>,
): Generator<Float32Array, void> {
  const part = tf.tensor4d(imagePart, [1, height, width, imagePart.length / (height * width)]);
  try {
    for (const z of latents) {
      yield takeProbabilities(tf.tidy(() => decode(weights, part, tf.tensor2d(z, [1, z.length]))));
    }
  } finally {
    part.dispose();
  }
}
