import * as tf from '@tensorflow/tfjs-core';
import { type Weights, weight } from './weights.ts';

/**
 * Convolution of stride 1 with "same" padding, bias and activation, as one kernel of every backend.
 * Calling the kernel by name (instead of `tf.fused.conv2d`, which falls apart into three under differentiation)
 * keeps training and serving on the same code: the trainer registers this kernel's gradient.
 *
 * @param x [N,H,W,from]
 * @param kernel [k,k,from,to], k odd
 * @param bias [to], or undefined for none
 * @returns [N,H,W,to]
 */
export function convolution(
  x: tf.Tensor4D,
  kernel: tf.Tensor4D,
  bias: tf.Tensor1D | undefined,
  activation: 'relu' | 'linear',
): tf.Tensor4D {
  const inputs = bias === undefined ? { x, filter: kernel } : { x, filter: kernel, bias };
  return tf.engine().runKernel(tf.FusedConv2D, inputs as unknown as tf.NamedTensorMap, {
    strides: [1, 1],
    pad: 'same',
    dataFormat: 'NHWC',
    dilations: [1, 1],
    activation,
    leakyreluAlpha: 0,
  }) as tf.Tensor4D;
}

/** The convolution whose kernel and bias are named `${name}/kernel` and `${name}/bias`. */
export function namedConvolution(
  weights: Weights,
  name: string,
  x: tf.Tensor4D,
  activation: 'relu' | 'linear' = 'relu',
): tf.Tensor4D {
  return convolution(x, weight(weights, `${name}/kernel`), weight(weights, `${name}/bias`), activation);
}

/** Three 3×3 convolutions with ReLU: one level of the U-Net. [N,H,W,from] → [N,H,W,to] */
export function convolutionBlock(weights: Weights, name: string, x: tf.Tensor4D): tf.Tensor4D {
  return [0, 1, 2].reduce((y, i) => namedConvolution(weights, `${name}/conv${i}`, y), x);
}

/** 2×2 average pooling of stride 2; at an odd edge a window averages what it holds. [N,H,W,C] → [N,⌈H/2⌉,⌈W/2⌉,C] */
export function averagePool(x: tf.Tensor4D): tf.Tensor4D {
  return tf.avgPool(x, 2, 2, 'same');
}
