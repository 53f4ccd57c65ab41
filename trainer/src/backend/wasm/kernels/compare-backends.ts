import '@tensorflow/tfjs-backend-cpu';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';
import '../../gradients.ts';

/* Support for the kernels' tests: the same operation on TensorFlow.js' plain CPU backend and on a faster one. */

/** FusedConv2D of stride 1 with "same" padding, as the model calls it. */
export function fused(activation: 'relu' | 'linear') {
  return (x: tf.Tensor, filter: tf.Tensor, bias?: tf.Tensor) =>
    tf.engine().runKernel(tf.FusedConv2D, bias === undefined ? { x, filter } : { x, filter, bias }, {
      ...{ strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] },
      ...{ activation, leakyreluAlpha: 0 },
    }) as tf.Tensor;
}

/** The same of operations that TensorFlow.js differentiates. */
export function plainConvolution(activation: 'relu' | 'linear') {
  return (x: tf.Tensor, filter: tf.Tensor, bias?: tf.Tensor) => {
    const y = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same');
    const z = bias === undefined ? y : tf.add(y, bias);
    return activation === 'relu' ? tf.relu(z) : z;
  };
}

/** Largest difference, relative to the largest expected magnitude. */
export function difference(actual: Float32Array, expected: Float32Array): number {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, v) => Math.max(most, Math.abs(v)), 1e-6);
  return actual.reduce((most, v, i) => Math.max(most, Math.abs(v - (expected[i] as number))), 0) / scale;
}

/** Values and gradients, as arrays, of Σ f(inputs) ⊙ cotangent. */
function withGradients(
  inputs: readonly { shape: number[]; values: Float32Array }[],
  f: (...tensors: tf.Tensor[]) => tf.Tensor,
): Float32Array[] {
  const before = tf.memory().numTensors;
  const results = tf.tidy(() => {
    const tensors = inputs.map(({ shape, values }) => tf.tensor(values, shape));
    const random = new Random(7);
    const { value, grads } = tf.valueAndGrads((...xs: tf.Tensor[]) => f(...xs))(
      tensors,
      tf.tidy(() => {
        const { shape, size } = f(...tensors);
        return tf.tensor(random.gaussians(size), shape);
      }),
    );
    return [value, ...grads].map((tensor) => tensor.dataSync<'float32'>().slice());
  });
  expect(tf.memory().numTensors).toBe(before);
  return results;
}

/**
 * Expects value and gradients of `ours` on a backend to be those of `plain` on the CPU backend, for random inputs.
 * @param tolerance relative to the largest magnitude of each
 */
export async function compare(
  shapes: readonly number[][],
  ours: (...tensors: tf.Tensor[]) => tf.Tensor,
  plain: (...tensors: tf.Tensor[]) => tf.Tensor,
  tolerance: number,
  backend: 'wasm' | 'tensorflow' = 'wasm',
): Promise<void> {
  const random = new Random(shapes.flat().reduce((seed, n) => seed * 31 + n, 1) % 65521);
  const inputs = shapes.map((shape) => ({ shape, values: random.gaussians(tf.util.sizeFromShape(shape)) }));
  await tf.setBackend('cpu');
  const expected = withGradients(inputs, plain);
  await tf.setBackend(backend);
  const actual = withGradients(inputs, ours);
  expect(actual.length).toBe(expected.length);
  for (const [i, values] of actual.entries()) {
    expect(difference(values, expected[i] as Float32Array), `output ${i}`).toBeLessThan(tolerance);
  }
}
