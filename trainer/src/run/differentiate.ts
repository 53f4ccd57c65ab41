import * as tf from '@tensorflow/tfjs-core';
import type { LossTerms, StepGradient } from './task.ts';

/** Terms of a loss as tensors; `total` is differentiated. */
export type LossTensors = { readonly total: tf.Scalar } & Readonly<Record<string, tf.Scalar>>;

/**
 * Value of a loss, of its terms, and its gradient for the given variables alone.
 *
 * @param trainable variables by name; all others are constants, and no gradient is computed for them
 * @param loss builds the terms; everything it makes is disposed
 */
export function differentiate(
  trainable: ReadonlyMap<string, tf.Variable>,
  loss: () => LossTensors,
): StepGradient {
  const kept: Record<string, tf.Scalar> = {};
  const { value, grads } = tf.variableGrads(() => {
    const { total, ...terms } = loss();
    for (const [name, term] of Object.entries(terms)) kept[name] = tf.keep(term);
    return total;
  }, [...trainable.values()]);
  const scalar = (tensor: tf.Scalar) => tensor.dataSync()[0] as number;
  const terms: LossTerms = {
    total: scalar(value),
    ...Object.fromEntries(Object.entries(kept).map(([name, term]) => [name, scalar(term)])),
  };
  tf.dispose([value, ...Object.values(kept)]);
  return {
    terms,
    gradients: new Map([...trainable].map(([name, variable]) => [name, grads[variable.name] as tf.Tensor])),
  };
}
