import '@tensorflow/tfjs'; // registers the gradients of TensorFlow.js' own operations
import * as tf from '@tensorflow/tfjs-core';

/**
 * Gradient of the fused convolution y = act(x ∗ W + b), which TensorFlow.js does not have: with δ = ∂L/∂y, masked
 * where a ReLU is off, ∂L/∂x = δ ∗ Wᵀ, ∂L/∂W = x ∗ δ, ∂L/∂b = Σδ. Each is computed only where it is asked for;
 * the mask is applied in each anew, since a tensor made outside them would live until the whole gradient is done.
 */
const fusedConvolutionGradient: tf.GradConfig = {
  kernelName: tf.FusedConv2D,
  inputsToSave: ['x', 'filter'],
  outputsToSave: [true],
  gradFunc(dy, saved, attrs) {
    const [x, filter, y] = saved as [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D];
    const { activation, strides, pad } = attrs as unknown as tf.FusedConv2DAttrs & { pad: 'same' };
    const delta = () => (activation === 'relu' ? tf.mul(dy as tf.Tensor4D, tf.step(y)) : dy) as tf.Tensor4D;
    const convolution = { strides, pad, dataFormat: 'NHWC' };
    return {
      x: () =>
        tf
          .engine()
          .runKernel(
            tf.Conv2DBackpropInput,
            { dy: delta(), filter },
            { ...convolution, inputShape: x.shape },
          ),
      filter: () =>
        tf
          .engine()
          .runKernel(
            tf.Conv2DBackpropFilter,
            { x, dy: delta() },
            { ...convolution, filterShape: filter.shape },
          ),
      bias: () => tf.sum(delta(), [0, 1, 2]),
    };
  },
};

tf.registerGradient(fusedConvolutionGradient);
