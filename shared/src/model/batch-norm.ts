import * as tf from '@tensorflow/tfjs-core';
import type { BatchStatistics } from './batch-statistics.ts';
import { type Weights, weight } from './weights.ts';

/** Added to a variance before its root is taken, as in PyTorch's BatchNorm2d. */
export const BATCH_NORM_EPSILON = 1e-5;

/** Name of the kernel that a backend may have for {@link normaliseByBatch}: [y, mean, variance] of {x, gamma, beta}. */
export const BATCH_NORM_TRAINING = 'BatchNormTraining';

/** Attributes of the kernel {@link BATCH_NORM_TRAINING}. */
export interface BatchNormAttributes {
  readonly epsilon: number;
  readonly relu: boolean;
}

/**
 * BatchNorm in training mode: each channel by its mean and variance over the batch, y = γ·(x − mean)/√(variance + ε) + β,
 * with a ReLU where it is asked for (Ioffe & Szegedy, 2015).
 *
 * @param x [N,H,W,C]
 * @param name of the layer, whose `gamma` and `beta` are used
 * @param statistics is told mean and variance of the batch
 */
export function normaliseByBatch(
  weights: Weights,
  name: string,
  x: tf.Tensor4D,
  relu: boolean,
  statistics: BatchStatistics,
): tf.Tensor4D {
  const gamma = weight<tf.Tensor1D>(weights, `${name}/gamma`);
  const beta = weight<tf.Tensor1D>(weights, `${name}/beta`);
  const [n, height, width] = x.shape;
  const { y, mean, variance } =
    tf.getKernel(BATCH_NORM_TRAINING, tf.getBackend()) == null
      ? composed(x, gamma, beta, relu)
      : byKernel(x, gamma, beta, relu);
  statistics.record(name, mean, variance, n * height * width);
  return y;
}

interface Normalised {
  readonly y: tf.Tensor4D;
  readonly mean: tf.Tensor1D;
  readonly variance: tf.Tensor1D;
}

function byKernel(x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D, relu: boolean): Normalised {
  const attributes: BatchNormAttributes = { epsilon: BATCH_NORM_EPSILON, relu };
  const [y, mean, variance] = tf
    .engine()
    .runKernel(BATCH_NORM_TRAINING, { x, gamma, beta } as unknown as tf.NamedTensorMap, {
      ...attributes,
    }) as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D];
  return { y, mean, variance };
}

function composed(x: tf.Tensor4D, gamma: tf.Tensor1D, beta: tf.Tensor1D, relu: boolean): Normalised {
  const mean = tf.mean(x, [0, 1, 2]) as tf.Tensor1D;
  const centred = tf.sub(x, mean);
  const variance = tf.mean(tf.square(centred), [0, 1, 2]) as tf.Tensor1D;
  const scale = tf.mul(gamma, tf.rsqrt(tf.add(variance, BATCH_NORM_EPSILON)));
  const y: tf.Tensor4D = tf.add(tf.mul(centred, scale), beta);
  return { y: relu ? tf.relu(y) : y, mean, variance };
}

/**
 * Kernel and bias that do convolution and BatchNorm of inference mode in one: W·s and β − mean·s with
 * s = γ/√(variance + ε). Where weights are folded already, as a release's are, they are what is stored.
 *
 * @param name of a layer without bias of its own
 */
export function foldedConvolution(
  weights: Weights,
  name: string,
): { kernel: tf.Tensor4D; bias: tf.Tensor1D } {
  const kernel = weight<tf.Tensor4D>(weights, `${name}/kernel`);
  if (weights.has(`${name}/bias`)) return { kernel, bias: weight(weights, `${name}/bias`) };
  const of = (statistic: string) => weight<tf.Tensor1D>(weights, `${name}/${statistic}`);
  const scale: tf.Tensor1D = tf.mul(of('gamma'), tf.rsqrt(tf.add(of('variance'), BATCH_NORM_EPSILON)));
  return { kernel: tf.mul(kernel, scale), bias: tf.sub(of('beta'), tf.mul(of('mean'), scale)) };
}
