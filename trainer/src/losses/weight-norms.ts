import * as tf from '@tensorflow/tfjs-core';

/**
 * ‖W‖₂ with its gradient W/‖W‖ written out: differentiating square, sum and root of a hundred small tensors
 * costs more kernel calls than the rest of the loss.
 */
function norm(w: tf.Tensor): tf.Scalar {
  const withGradient = tf.customGrad((...inputs) => {
    const [x, save] = inputs as unknown as [tf.Tensor, tf.GradSaveFunc];
    const value = tf.sqrt(tf.sum(tf.square(x)));
    save([x, value]);
    return {
      value,
      gradFunc: (dy: tf.Tensor, [x, value]: tf.Tensor[]) =>
        tf.mul(x as tf.Tensor, tf.div(dy, tf.maximum(value as tf.Tensor, 1e-12))),
    };
  });
  return withGradient(w) as tf.Scalar;
}

/** Σ‖W‖₂ over tensors: the sum of norms, not of squares, as the authors' code has it. */
export function weightNorms(weights: Iterable<tf.Tensor>): tf.Scalar {
  return tf.addN([...weights].map(norm)) as tf.Scalar;
}
