import '../gradients.ts';
import { convolution } from '@d-persona/shared/model/convolution.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { useWasmBackend } from './wasm-backend.ts';

/** Gradients of a 3×3 and a 1×1 convolution for their filters and biases, as bytes. */
function gradients(): Buffer {
  const random = new Random(4);
  const normal = (...shape: number[]) => tf.tensor(random.gaussians(shape.reduce((a, b) => a * b)), shape);
  const x = normal(6, 33, 30, 5) as tf.Tensor4D;
  const parameters = [normal(3, 3, 5, 7), normal(7), normal(1, 1, 7, 3), normal(3)];
  const loss = (...[k3, b3, k1, b1]: tf.Tensor[]) =>
    tf.sum(
      tf.square(
        convolution(
          convolution(x, k3 as tf.Tensor4D, b3 as tf.Tensor1D, 'relu'),
          k1 as tf.Tensor4D,
          b1 as tf.Tensor1D,
          'linear',
        ),
      ),
    );
  const all = tf.grads(loss)(parameters);
  return Buffer.concat(all.map((gradient) => Buffer.from(gradient.dataSync().slice().buffer)));
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
