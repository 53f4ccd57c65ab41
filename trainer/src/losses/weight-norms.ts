import * as tf from '@tensorflow/tfjs-core';

/** A backend may have kernels for all tensors at once; their inputs are `w0`, `w1`, … */
const [NORMS, GRADIENTS] = ['TensorNorms', 'TensorNormGradients'];

function named(tensors: readonly tf.Tensor[]): Record<string, tf.Tensor> {
  return Object.fromEntries(tensors.map((tensor, i) => [`w${i}`, tensor]));
}

/** ‖wᵢ‖₂ of each tensor: [count]. */
function norms(tensors: readonly tf.Tensor[]): tf.Tensor1D {
  if (tf.getKernel(NORMS, tf.getBackend()) != null)
    return tf.engine().runKernel(NORMS, named(tensors)) as tf.Tensor1D;
  return tf.stack(tensors.map((w) => tf.sqrt(tf.sum(tf.square(w))))) as tf.Tensor1D;
}

/** s·wᵢ/‖wᵢ‖₂ of each tensor. */
function normGradients(scale: tf.Tensor, tensors: readonly tf.Tensor[], norms: tf.Tensor): tf.Tensor[] {
  if (tf.getKernel(GRADIENTS, tf.getBackend()) != null)
    return tf.engine().runKernel(GRADIENTS, { ...named(tensors), dy: scale, norms }) as tf.Tensor[];
  const factors = tf.unstack(tf.div(scale, tf.maximum(norms, 1e-12)));
  return tensors.map((w, i) => tf.mul(w, factors[i] as tf.Tensor));
}

/**
 * Σ‖W‖₂ over tensors: the sum of norms, not of squares, as the authors' code has it. One operation with its gradient
 * written out: differentiating square, sum and root of a hundred small tensors costs more calls than the rest of the
 * loss.
 */
export function weightNorms(weights: Iterable<tf.Tensor>): tf.Scalar {
  const withGradient = tf.customGrad((...inputs) => {
    const save = inputs.at(-1) as unknown as tf.GradSaveFunc;
    const tensors = inputs.slice(0, -1) as tf.Tensor[];
    const each = norms(tensors);
    save([...tensors, each]);
    return {
      value: tf.sum(each),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) =>
        normGradients(dy, saved.slice(0, -1), saved.at(-1) as tf.Tensor),
    };
  });
  return withGradient(...weights) as tf.Scalar;
}
