import type * as tf from '@tensorflow/tfjs-core';
import type { AdamAttributes } from '../wasm/kernels/adam.ts';
import { register } from './register.ts';
import type { Handle, Output } from './tensorflow.ts';

/**
 * Adam over many variables and their moments, in place. TensorFlow's own works on variables of its own: each of ours
 * passes through three of them. What they hold is then not shared with any other tensor, so that nothing is copied.
 */
export function registerAdam(): void {
  let variables: readonly [Handle, Handle, Handle] | undefined;
  register('Adam', ({ inputs, attributes, tensorflow }) => {
    const {
      variables: count,
      rate,
      beta1,
      beta2,
      correction,
      epsilon,
    } = attributes as unknown as AdamAttributes;
    variables ??= [
      tensorflow.variable('d-persona/adam/value'),
      tensorflow.variable('d-persona/adam/first'),
      tensorflow.variable('d-persona/adam/second'),
    ];
    const ofType = [tensorflow.type('dtype', 'float32')];
    // Its ε is beside √v, not √v̂, and it corrects in single precision: both corrections go into its rate and its ε.
    const root = 1 / Math.sqrt(correction);
    const [noPowers, ofRate, ofEpsilon] = [0, rate * root, epsilon * root];
    const numbers = [noPowers, noPowers, ofRate, beta1, beta2, ofEpsilon].map((n) =>
      tensorflow.create(n, 'float32'),
    );
    for (let i = 0; i < count; i++) {
      const tensors = ['value', 'first', 'second'].map((name) => inputs[`${name}${i}`] as tf.TensorInfo);
      const gradient = tensorflow.handle(inputs[`gradient${i}`] as tf.TensorInfo);
      for (const [k, tensor] of tensors.entries()) {
        const value = tensorflow.handle(tensor);
        tensorflow.runAll('AssignVariableOp', ofType, [variables[k] as Handle, value], 0);
        tensorflow.release(value);
      }
      tensorflow.runAll('ResourceApplyAdam', tensorflow.float, [...variables, ...numbers, gradient], 0);
      for (const [k, tensor] of tensors.entries()) {
        const value: Output = tensorflow.run('ReadVariableOp', ofType, [variables[k] as Handle]);
        tensorflow.replace(tensor, value);
      }
    }
    tensorflow.release(...numbers);
    return [];
  });
}
