import * as tf from '@tensorflow/tfjs-core';
import { register } from './register.ts';

/** Addresses and a count: what the kernel reads of each variable. */
const WORDS = 5;

/** Attributes of the kernel `Adam`; inputs are `value0`, `gradient0`, `first0`, `second0`, `value1`, … */
export interface AdamAttributes {
  readonly variables: number;
  /** Step size divided by 1 − β₁ᵗ. */
  readonly rate: number;
  readonly beta1: number;
  readonly beta2: number;
  /** 1 / (1 − β₂ᵗ). */
  readonly correction: number;
  readonly epsilon: number;
}

/** Adam over many variables and their moments, in place, as one kernel. It has no output. */
export function registerAdam(): void {
  register('Adam', ({ inputs, attributes, backend }) => {
    const { variables, rate, beta1, beta2, correction, epsilon } = attributes as unknown as AdamAttributes;
    const [table] = backend.scratch.reserve(variables * WORDS * Uint32Array.BYTES_PER_ELEMENT);
    const words = backend.words(table, variables * WORDS);
    for (let i = 0; i < variables; i++) {
      const tensors = [`value${i}`, `gradient${i}`, `first${i}`, `second${i}`].map(
        (name) => inputs[name] as tf.TensorInfo,
      );
      words.set(
        tensors.map((tensor) => backend.address(tensor)),
        i * WORDS,
      );
      words[i * WORDS + 4] = tf.util.sizeFromShape((tensors[0] as tf.TensorInfo).shape);
    }
    backend.kernels.run(
      ...(['adam', variables, 1] as const),
      ...[table, rate, beta1, beta2, correction, epsilon],
    );
    return [];
  });
}
