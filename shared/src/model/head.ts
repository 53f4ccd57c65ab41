import * as tf from '@tensorflow/tfjs-core';
import { type Architecture, headWidths } from './architecture.ts';
import { averagePool, convolution, namedConvolution } from './convolution.ts';
import { type Weights, weight } from './weights.ts';

/** For each stage of a head, which channels are kept: [N,1,1,width] of 0 or 1/(1 − p). Absent: inference. */
export type DropoutMasks = readonly tf.Tensor4D[];

/** 3×3 convolution whose zero border is wider than "same" where the architecture says so. */
function headConvolution(
  weights: Weights,
  name: string,
  x: tf.Tensor4D,
  relu: boolean,
  padding: 1 | 3,
): tf.Tensor4D {
  const activation = relu ? 'relu' : 'linear';
  if (padding === 1) return namedConvolution(weights, name, x, activation);
  const border = padding - 1;
  const padded = tf.pad(x, [
    [0, 0],
    [border, border],
    [border, border],
    [0, 0],
  ]);
  return convolution(padded, weight(weights, `${name}/kernel`), weight(weights, `${name}/bias`), activation);
}

/**
 * A persona's projection head: features to the query that asks the prior bank for this rater's prompt.
 *
 * @param persona index of the head
 * @param features [N,H,W,F]
 * @param dropout channel masks of each stage, in training
 * @returns q [N,D]
 */
export function personaQuery(
  weights: Weights,
  architecture: Architecture,
  persona: number,
  features: tf.Tensor4D,
  dropout?: DropoutMasks,
): tf.Tensor2D {
  const { finalRelu, padding } = architecture.head;
  const stages = headWidths(architecture).length;
  return tf.tidy(() => {
    let h = features;
    for (let stage = 0; stage < stages; stage++) {
      if (stage > 0) h = averagePool(h);
      h = headConvolution(weights, `head/${persona}/conv${2 * stage}`, h, true, padding);
      const kept = dropout?.[stage];
      if (kept !== undefined) h = tf.mul(h, kept);
      const relu = stage < stages - 1 || finalRelu;
      h = headConvolution(weights, `head/${persona}/conv${2 * stage + 1}`, h, relu, padding);
    }
    return tf.mean(h, [1, 2]);
  });
}
