import '../gradients.ts';
import { normaliseByBatch } from '@d-persona/shared/model/batch-norm.ts';
import type { BatchStatistics } from '@d-persona/shared/model/batch-statistics.ts';
import { convolution } from '@d-persona/shared/model/convolution.ts';
import { maxPool } from '@d-persona/shared/model/strided.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { useWasmBackend } from './wasm-backend.ts';

/** Gradients of a 3×3 convolution, BatchNorm and a 1×1 convolution for their weights, and the batch's statistics, as bytes. */
function gradients(): Buffer {
  const random = new Random(4);
  const normal = (...shape: number[]) => tf.tensor(random.gaussians(shape.reduce((a, b) => a * b)), shape);
  const x = normal(6, 33, 30, 5) as tf.Tensor4D;
  const parameters = [normal(3, 3, 5, 7), normal(7), normal(1, 1, 7, 3), normal(3), normal(7), normal(7)];
  const told: tf.Tensor[] = [];
  const statistics = {
    record: (_: string, mean: tf.Tensor, variance: tf.Tensor) => told.push(tf.keep(mean), tf.keep(variance)),
  } as unknown as BatchStatistics;
  const normalised = (y: tf.Tensor4D, gamma: tf.Tensor, beta: tf.Tensor) =>
    normaliseByBatch(new Map(Object.entries({ 'l/gamma': gamma, 'l/beta': beta })), 'l', y, true, statistics);
  const loss = (...[k3, b3, k1, b1, gamma, beta]: tf.Tensor[]) =>
    tf.sum(
      tf.square(
        convolution(
          maxPool(
            normalised(
              convolution(x, k3 as tf.Tensor4D, b3 as tf.Tensor1D, 'relu'),
              gamma as tf.Tensor,
              beta as tf.Tensor,
            ),
          ),
          k1 as tf.Tensor4D,
          b1 as tf.Tensor1D,
          'linear',
        ),
      ),
    );
  const all = tf.grads(loss)(parameters);
  const bytes = Buffer.concat(
    [...all, ...told].map((gradient) => Buffer.from(gradient.dataSync().slice().buffer)),
  );
  tf.dispose(told);
  return bytes;
}

describe('gradients in WASM', () => {
  // A run that resumes, perhaps on a machine with more cores, must end with the weights of one that was not stopped.
  it('are the same to the last bit, whatever the number of threads and whoever took which share', async () => {
    await useWasmBackend({ threads: 1 });
    const alone = gradients();
    await useWasmBackend({ threads: 3 });
    for (let i = 0; i < 10; i++) expect(gradients().equals(alone)).toBe(true);
  });
});
