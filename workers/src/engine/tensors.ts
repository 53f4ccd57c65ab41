import * as tf from '@tensorflow/tfjs-core';

/** The values of a tensor that is disposed; the copy belongs to the caller. */
export function takeValues(tensor: tf.Tensor): Float32Array {
  const values = Float32Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}

/** Probabilities of one segmentation's logits [1,H,W,1], row by row. Disposes the logits. */
export function takeProbabilities(logits: tf.Tensor4D): Float32Array {
  const probabilities = takeValues(tf.sigmoid(logits));
  logits.dispose();
  return probabilities;
}
