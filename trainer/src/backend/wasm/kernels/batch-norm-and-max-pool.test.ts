import { normaliseByBatch } from '@d-persona/shared/model/batch-norm.ts';
import type { BatchStatistics } from '@d-persona/shared/model/batch-statistics.ts';
import { maxPool } from '@d-persona/shared/model/strided.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simdOfRuntime } from '../kernel-module.ts';
import { useWasmBackend } from '../wasm-backend.ts';
import { compare } from './compare-backends.ts';

const settings = [
  { threads: 1, simd: 'base' },
  { threads: 2, simd: simdOfRuntime() },
] as const;

/** The layer as a function of x, γ and β. @param told what the batch's statistics are handed to */
function batchNorm(relu: boolean, told: (mean: tf.Tensor, variance: tf.Tensor) => void = () => {}) {
  const statistics = {
    record: (_: string, mean: tf.Tensor, variance: tf.Tensor) => told(mean, variance),
  } as unknown as BatchStatistics;
  return (x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor) =>
    normaliseByBatch(
      new Map([
        ['l/gamma', gamma],
        ['l/beta', beta],
      ]),
      'l',
      x as tf.Tensor4D,
      relu,
      statistics,
    );
}

describe.each(settings)('with $threads threads and $simd SIMD', (setting) => {
  beforeAll(async () => {
    await useWasmBackend(setting);
  });
  afterAll(() => tf.removeBackend('wasm'));

  it.each([[[2, 3, 5, 4]], [[3, 1, 1, 1]], [[1, 40, 31, 7]], [[4, 33, 20, 16]]])(
    'normalises %j by the batch, with gradients',
    async (shape) => {
      const channels = shape.at(-1) as number;
      for (const relu of [false, true]) {
        // The plain backend composes the layer of operations with gradients of their own.
        await compare([shape, [channels], [channels]], batchNorm(relu), batchNorm(relu), 2e-4);
      }
    },
  );

  it.each([[[2, 8, 6, 4]], [[1, 1, 1, 3]], [[3, 7, 9, 5]], [[2, 16, 16, 16]]])(
    'takes the largest of %j, with gradients',
    async (shape) => {
      const pool = (x: tf.Tensor) => maxPool(x as tf.Tensor4D);
      await compare([shape], pool, pool, 1e-6);
    },
  );

  it('has the gradients of BatchNorm that finite differences give', async () => {
    await tf.setBackend('wasm');
    const random = new Random(9);
    const shapes = [[2, 3, 4, 3], [3], [3]];
    const inputs = shapes.map((shape) => random.gaussians(tf.util.sizeFromShape(shape)));
    const cotangent = random.gaussians(72);
    const f = (...tensors: tf.Tensor[]) =>
      tf.sum(
        tf.mul(
          batchNorm(true)(tensors[0] as tf.Tensor, tensors[1] as tf.Tensor, tensors[2] as tf.Tensor),
          tf.tensor4d(cotangent, [2, 3, 4, 3]),
        ),
      );
    const at = (values: readonly Float32Array[]) =>
      tf.tidy(() => f(...values.map((v, i) => tf.tensor(v, shapes[i] as number[]))).dataSync()[0] as number);
    const gradients = tf.tidy(() =>
      tf
        .grads((...tensors: tf.Tensor[]) => f(...tensors))(
          inputs.map((v, i) => tf.tensor(v, shapes[i] as number[])),
        )
        .map((g) => g.dataSync<'float32'>().slice()),
    );
    const step = 1e-2;
    for (const [i, values] of inputs.entries()) {
      for (const j of [0, values.length - 1]) {
        const moved = (by: number) =>
          at(inputs.map((v, k) => (k === i ? v.map((x, l) => (l === j ? x + by : x)) : v)));
        const difference = (moved(step) - moved(-step)) / (2 * step);
        expect(Math.abs((gradients[i]?.[j] as number) - difference), `${i}, ${j}`).toBeLessThan(0.02);
      }
    }
  });

  it('keeps the digits of a small variance around a large mean', async () => {
    await tf.setBackend('wasm');
    const noise = new Random(2).gaussians(40 * 40);
    const x = tf.tensor4d(
      noise.map((v) => 1000 + v),
      [1, 40, 40, 1],
    );
    let found: number | undefined;
    const y = batchNorm(false, (_, variance) => {
      found = variance.dataSync()[0];
    })(x, tf.ones([1]), tf.zeros([1]));
    const values = Array.from(x.dataSync());
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
    expect(Math.abs((found as number) / variance - 1)).toBeLessThan(1e-4);
    tf.dispose([x, y]);
  });
});

describe('max pooling', () => {
  beforeAll(async () => {
    await useWasmBackend({ threads: 1 });
  });
  afterAll(() => tf.removeBackend('wasm'));

  it('gives the gradient of a tie to the first pixel of the window', () => {
    const x = tf.ones<tf.Rank.R4>([1, 2, 2, 1]);
    const dx = tf.grad((t: tf.Tensor) => tf.sum(tf.mul(maxPool(t as tf.Tensor4D), 5)))(x) as tf.Tensor4D;
    expect([...dx.dataSync()]).toEqual([5, 0, 0, 0]);
    tf.dispose([x, dx]);
  });
});
