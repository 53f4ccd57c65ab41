import '@tensorflow/tfjs'; // registers the gradients of TensorFlow.js' own operations
import { BATCH_NORM_TRAINING } from '@d-persona/shared/model/batch-norm.ts';
import * as tf from '@tensorflow/tfjs-core';
import { BATCH_NORM_TRAINING_GRADIENT } from './wasm/kernels/batch-norm.ts';

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
    // Where our kernels are registered: TensorFlow.js' backend may also be used as it is.
    if (tf.getKernel('FusedConv2DBackpropInput', tf.getBackend()) != null)
      return gradientsByOurKernels(dy as tf.Tensor4D, [x, filter, y], activation as 'relu' | 'linear');
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

/** The same with our kernels, which mask δ once or as they read it, and sum the bias gradient beside the filter's. */
function gradientsByOurKernels(
  dy: tf.Tensor4D,
  [x, filter, y]: [tf.Tensor4D, tf.Tensor4D, tf.Tensor4D],
  activation: 'relu' | 'linear',
): Record<string, () => tf.Tensor> {
  const ofFilterAndBias = () =>
    tf
      .engine()
      .runKernel('FusedConv2DBackpropFilter', { dy, y, x }, { activation, filterShape: filter.shape });
  let biasGradient: Float32Array | undefined;
  return {
    x: () =>
      tf.engine().runKernel('FusedConv2DBackpropInput', { dy, y, filter }, { activation }) as tf.Tensor,
    filter: () => {
      const [ofFilter, ofBias] = ofFilterAndBias() as [tf.Tensor4D, tf.Tensor1D];
      // As numbers: the tensor ends with this function's tidy, and the bias is asked for next.
      biasGradient = ofBias.dataSync<'float32'>();
      return ofFilter;
    },
    bias: () =>
      biasGradient === undefined
        ? (ofFilterAndBias() as [tf.Tensor4D, tf.Tensor1D])[1]
        : tf.tensor1d(biasGradient),
  };
}

/** TensorFlow.js multiplies with a mask of its own making; one pass will do where a backend has it. */
const reluGradient: tf.GradConfig = {
  kernelName: tf.Relu,
  inputsToSave: ['x'],
  gradFunc(dy, [x]) {
    const input = x as tf.Tensor;
    const gradient = dy as tf.Tensor;
    return {
      x: () =>
        tf.getKernel('ReluGrad', tf.getBackend()) != null
          ? tf.engine().runKernel('ReluGrad', { dy: gradient, x: input })
          : tf.mul(gradient, tf.step(input)),
    };
  },
};

/**
 * Gradient of BatchNorm in training mode, which backends without our kernel compose of operations that have theirs.
 * Mean and variance are told, not differentiated: nothing of a loss depends on the running statistics.
 */
const batchNormGradient: tf.GradConfig = {
  kernelName: BATCH_NORM_TRAINING,
  inputsToSave: ['x', 'gamma'],
  outputsToSave: [true, true, true],
  gradFunc(dy, [x, gamma, y, mean, variance], attributes) {
    const [ofY] = dy as tf.Tensor[];
    const inputs = { dy: ofY, x, gamma, y, mean, variance } as tf.NamedTensorMap;
    const all = () =>
      tf.engine().runKernel(BATCH_NORM_TRAINING_GRADIENT, inputs, attributes) as [
        tf.Tensor,
        tf.Tensor1D,
        tf.Tensor1D,
      ];
    // As numbers: the tensors end with the tidy of whichever is asked for first.
    let others: readonly Float32Array[] | undefined;
    const vectors = () => {
      if (others === undefined) {
        const [, ofGamma, ofBeta] = all();
        others = [ofGamma.dataSync<'float32'>(), ofBeta.dataSync<'float32'>()];
      }
      return others;
    };
    return {
      x: () => {
        const [dx, ofGamma, ofBeta] = all();
        others = [ofGamma.dataSync<'float32'>(), ofBeta.dataSync<'float32'>()];
        return dx;
      },
      gamma: () => tf.tensor1d(vectors()[0] as Float32Array),
      beta: () => tf.tensor1d(vectors()[1] as Float32Array),
    };
  },
};

tf.registerGradient(fusedConvolutionGradient);
tf.registerGradient(batchNormGradient);
tf.registerGradient(reluGradient);
