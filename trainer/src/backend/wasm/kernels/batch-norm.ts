import { BATCH_NORM_TRAINING, type BatchNormAttributes } from '@d-persona/shared/model/batch-norm.ts';
import * as tf from '@tensorflow/tfjs-core';
import { CACHE_LINE } from '../scratch.ts';
import type { TrainingBackend } from '../training-backend.ts';
import { padded } from './plan.ts';
import { register } from './register.ts';

/** Name of the gradient of {@link BATCH_NORM_TRAINING}: [dx, dgamma, dbeta] of {dy, x, gamma, y, mean, variance}. */
export const BATCH_NORM_TRAINING_GRADIENT = 'BatchNormTrainingGrad';

const FLOAT = 4;

/** Rows that are summed by themselves: the second of two passes over them finds them in the cache. */
const SHARE_ROWS = 256;
/** Floats that a thread takes at a time. */
const CHUNK = 1 << 15;

/** x [..., channels] as rows, how they are divided, and room for what each share gives. */
function divide({ shape }: tf.TensorInfo) {
  const channels = shape.at(-1) as number;
  const rows = tf.util.sizeFromShape(shape) / channels;
  const shares = Math.ceil(rows / SHARE_ROWS);
  return {
    rows,
    channels,
    shares,
    partialBytes: 2 * shares * padded(channels) * FLOAT,
    chunk: Math.max(1, Math.floor(CHUNK / channels)),
    shareChunk: Math.max(1, Math.floor(CHUNK / (SHARE_ROWS * channels))),
    vectorBytes: Math.max(CACHE_LINE, channels * FLOAT),
  };
}

/** Writes a vector that a kernel reads, and returns its values. */
function fill(backend: TrainingBackend, address: number, count: number, value: (i: number) => number): void {
  const words = new Float32Array(backend.words(address, count).buffer, address, count);
  for (let i = 0; i < count; i++) words[i] = value(i);
}

/** Values of a vector of channels. */
function vector(backend: TrainingBackend, tensor: tf.TensorInfo): Float32Array {
  const address = backend.address(tensor);
  const count = tf.util.sizeFromShape(tensor.shape);
  return new Float32Array(backend.words(address, count).buffer, address, count);
}

/** BatchNorm in training mode with its ReLU, and its gradients: see `gradients.ts` for how differentiation calls them. */
export function registerBatchNorm(): void {
  register(BATCH_NORM_TRAINING, ({ inputs, attributes, backend }) => {
    const { x, gamma, beta } = inputs as Record<'x' | 'gamma' | 'beta', tf.TensorInfo>;
    const { epsilon, relu } = attributes as unknown as BatchNormAttributes;
    const { rows, channels, shares, partialBytes, chunk, shareChunk, vectorBytes } = divide(x);
    const [y, mean, variance] = [x.shape, [channels], [channels]].map((shape) =>
      backend.makeOutput(shape, 'float32'),
    ) as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];
    const { kernels, scratch } = backend;
    const [partial, scale] = scratch.reserve(partialBytes, vectorBytes);
    const from = backend.address(x);
    const [ofMean, ofVariance] = [backend.address(mean), backend.address(variance)];
    kernels.run('batchMoments', shares, shareChunk, from, rows, channels, SHARE_ROWS, partial);
    kernels.run('joinMoments', channels, channels, partial, rows, channels, SHARE_ROWS, ofMean, ofVariance);
    const [gammas, variances] = [vector(backend, gamma), vector(backend, variance)];
    fill(
      backend,
      scale,
      channels,
      (c) => (gammas[c] as number) / Math.sqrt((variances[c] as number) + epsilon),
    );
    kernels.run(
      ...(['normaliseRows', rows, chunk] as const),
      ...[from, channels, ofMean, scale, backend.address(beta)],
      ...[relu ? 0 : Number.NEGATIVE_INFINITY, backend.address(y)],
    );
    return [y, mean, variance];
  });

  register(BATCH_NORM_TRAINING_GRADIENT, ({ inputs, attributes, backend }) => {
    const { dy, x, gamma, y, mean, variance } = inputs as Record<
      'dy' | 'x' | 'gamma' | 'y' | 'mean' | 'variance',
      tf.TensorInfo
    >;
    const { epsilon, relu } = attributes as unknown as BatchNormAttributes;
    const { rows, channels, shares, partialBytes, chunk, shareChunk, vectorBytes } = divide(x);
    const [dx, dGamma, dBeta] = [x.shape, [channels], [channels]].map((shape) =>
      backend.makeOutput(shape, 'float32'),
    ) as [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];
    const { kernels, scratch } = backend;
    const [partial, inverse, scale, shift, slope] = scratch.reserve(
      partialBytes,
      vectorBytes,
      vectorBytes,
      vectorBytes,
      vectorBytes,
    );
    const operands = [backend.address(x), backend.address(dy), relu ? backend.address(y) : 0];
    const ofMean = backend.address(mean);
    const [gammas, variances] = [vector(backend, gamma), vector(backend, variance)];
    const deviation = (c: number) => Math.sqrt((variances[c] as number) + epsilon);
    fill(backend, inverse, channels, (c) => 1 / deviation(c));
    kernels.run(
      ...(['batchNormSums', shares, shareChunk] as const),
      ...[...operands, ofMean, rows, channels, SHARE_ROWS, partial],
    );
    kernels.run(
      ...(['joinSums', channels, channels] as const),
      ...[partial, shares, channels, inverse, backend.address(dBeta), backend.address(dGamma)],
    );
    const [dGammas, dBetas] = [vector(backend, dGamma), vector(backend, dBeta)];
    fill(backend, scale, channels, (c) => (gammas[c] as number) / deviation(c));
    fill(backend, shift, channels, (c) => (dBetas[c] as number) / rows);
    fill(backend, slope, channels, (c) => (dGammas[c] as number) / (rows * deviation(c)));
    kernels.run(
      ...(['batchNormGradient', rows, chunk] as const),
      ...[...operands, channels, ofMean, scale, shift, slope, backend.address(dx)],
    );
    return [dx, dGamma, dBeta];
  });
}
