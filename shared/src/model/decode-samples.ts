import * as tf from '@tensorflow/tfjs-core';
import { decodeSum } from './decoder.ts';
import { type Weights, weight } from './weights.ts';

/** Name of the kernel that a backend may have for {@link decodeSamples}. */
export const DECODE_SAMPLES = 'DecodeSamples';

const layers = ['hidden0', 'hidden1', 'last'] as const;

/**
 * Logits of many latent vectors for each image. A backend with a kernel for it passes over the features once, and
 * keeps the layers between in its cache. Not differentiable: sampling is done off the tape.
 *
 * @param imagePart W_f·features [N,H,W,F]
 * @param biases W_z·z + b of each sample [N,S,F]
 * @returns [N,H,W,S]
 */
export function decodeSamples(weights: Weights, imagePart: tf.Tensor4D, biases: tf.Tensor3D): tf.Tensor4D {
  const [n, , , features] = imagePart.shape;
  if (features % 4 === 0 && tf.getKernel(DECODE_SAMPLES, tf.getBackend()) != null) {
    const tensors = layers.flatMap((layer) =>
      ['kernel', 'bias'].map((name) => [`${layer}/${name}`, weight(weights, `decoder/${layer}/${name}`)]),
    );
    const inputs = { imagePart, biases, ...Object.fromEntries(tensors) };
    return tf.engine().runKernel(DECODE_SAMPLES, inputs) as tf.Tensor4D;
  }
  const one = (s: number) => {
    const bias = tf.reshape(tf.slice(biases, [0, s, 0], [n, 1, features]), [n, 1, 1, features]);
    return decodeSum(weights, tf.add(imagePart, bias));
  };
  const samples = Array.from({ length: biases.shape[1] }, (_, s) => s);
  return tf.tidy(() =>
    tf.concat(
      samples.map((s) => tf.tidy(() => one(s))),
      3,
    ),
  );
}
