import * as tf from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../training-backend.ts';
import { register } from './register.ts';

/** Two addresses and a count: what the kernels read of each tensor. */
const WORDS = 3;

/** The tensors `w0`, `w1`, … of a call, in order. */
function tensorsOf(inputs: Readonly<Record<string, tf.TensorInfo | undefined>>): tf.TensorInfo[] {
  const tensors: tf.TensorInfo[] = [];
  for (let tensor = inputs.w0; tensor != null; tensor = inputs[`w${tensors.length}`]) tensors.push(tensor);
  return tensors;
}

/** Writes what the kernels read of tensors and their gradients. @returns the table's address */
function tableOf(
  backend: TrainingBackend,
  tensors: readonly tf.TensorInfo[],
  gradients: readonly tf.TensorInfo[] = [],
): number {
  const [table] = backend.scratch.reserve(tensors.length * WORDS * Uint32Array.BYTES_PER_ELEMENT);
  const words = backend.words(table, tensors.length * WORDS);
  for (const [i, tensor] of tensors.entries()) {
    const addresses = [backend.address(tensor), backend.address(gradients[i])];
    words.set([...addresses, tf.util.sizeFromShape(tensor.shape)], i * WORDS);
  }
  return table;
}

/** Norms of many tensors, and the gradient of their weighted sum, each as one kernel: see `losses/weight-norms.ts`. */
export function registerNorms(): void {
  register('TensorNorms', ({ inputs, backend }) => {
    const tensors = tensorsOf(inputs);
    const out = backend.makeOutput([tensors.length], 'float32');
    const table = tableOf(backend, tensors);
    backend.kernels.run('tensorNorms', tensors.length, 1, table, backend.address(out));
    return out;
  });
  register('TensorNormGradients', ({ inputs, backend }) => {
    const tensors = tensorsOf(inputs);
    const gradients = tensors.map(({ shape }) => backend.makeOutput(shape, 'float32'));
    const table = tableOf(backend, tensors, gradients);
    backend.kernels.run(
      ...(['tensorNormGradients', tensors.length, 1] as const),
      ...[table, backend.address(inputs.dy), backend.address(inputs.norms)],
    );
    return gradients;
  });
}
