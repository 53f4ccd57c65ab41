import { decodeSamples } from '@d-persona/shared/model/decode-samples.ts';
import { decodeSum, latentBias } from '@d-persona/shared/model/decoder.ts';
import type { Weights } from '@d-persona/shared/model/weights.ts';
import * as tf from '@tensorflow/tfjs-core';
import { offTape } from './off-tape.ts';
import { type SegmentationLoss, segmentationLoss } from './segmentation-loss.ts';

/**
 * Logits where each pixel takes the sample chosen for it: a decode in which the latent's bias differs from pixel to
 * pixel. Differentiating this one decode is exact for max and min (ties aside), and holds one tape instead of S.
 *
 * @param choice [N,H·W,S], one-hot
 */
function chosenLogits(
  weights: Weights,
  imagePart: tf.Tensor4D,
  biases: tf.Tensor3D,
  choice: tf.Tensor3D,
): tf.Tensor4D {
  const chosenBias = tf.reshape(tf.matMul(choice, biases), imagePart.shape);
  return decodeSum(weights, tf.add(imagePart, chosenBias));
}

/**
 * The bound-constrained loss: the pixel-wise maximum of S prior samples' logits against the union of the raters'
 * masks, their minimum against the intersection. The sum of both terms.
 *
 * @param imagePart W_f·features [N,H,W,F]
 * @param z prior samples [N,S,D]
 * @param union of the present raters' masks [N,H,W,1]
 * @param intersection of the present raters' masks [N,H,W,1]
 */
export function boundLoss(
  weights: Weights,
  imagePart: tf.Tensor4D,
  z: tf.Tensor3D,
  union: tf.Tensor4D,
  intersection: tf.Tensor4D,
  settings: SegmentationLoss,
): tf.Scalar {
  const [n, height, width, features] = imagePart.shape;
  const [, samples, latent] = z.shape;
  const biases = tf.reshape(latentBias(weights, tf.reshape(z, [n * samples, latent])), [
    n,
    samples,
    features,
  ]);
  // Which sample is highest, and which lowest, at each pixel: found off the tape, as it is constant almost everywhere.
  const choices = offTape(() => {
    const logits = decodeSamples(weights, imagePart, biases as tf.Tensor3D);
    // Cast, not asked for as float32: the WASM kernel writes integers whatever type it is asked for (tfjs 4.22).
    const oneHot = (index: tf.Tensor) =>
      tf.cast(tf.oneHot(tf.reshape(index, [n, height * width]), samples), 'float32');
    return tf.concat([oneHot(tf.argMax(logits, 3)), oneHot(tf.argMin(logits, 3))], 0) as tf.Tensor3D;
  });
  const extreme = (first: number) =>
    chosenLogits(
      weights,
      imagePart,
      biases as tf.Tensor3D,
      tf.slice(choices, [first, 0, 0], [n, height * width, samples]),
    );
  return tf.add(
    segmentationLoss(extreme(0), union, settings),
    segmentationLoss(extreme(n), intersection, settings),
  );
}
