import * as tf from '@tensorflow/tfjs-core';

/**
 * Computes a tensor without recording it for differentiation, inside a differentiated function: a custom gradient
 * with no inputs, whose inner operations TensorFlow.js does not record.
 */
export function offTape<T extends tf.Tensor>(compute: () => T): T {
  return tf.customGrad(() => ({ value: compute(), gradFunc: () => [] }))() as T;
}
