import * as tf from '@tensorflow/tfjs-core';

/**
 * Exponential moving average of weights (Polyak & Juditsky, 1992): a ← d·a + (1 − d)·w after each step. The decay of
 * step t is at most (1 + t) / (10 + t), so that the first weights, which were drawn, are soon forgotten.
 */
export class WeightAverage {
  readonly #variables: ReadonlyMap<string, tf.Variable>;
  readonly #averages: ReadonlyMap<string, tf.Variable>;
  readonly #decay: number;

  /** @param values of an earlier average over the same variables; absent: their present values */
  constructor(
    variables: ReadonlyMap<string, tf.Variable>,
    decay: number,
    values?: ReadonlyMap<string, Float32Array>,
  ) {
    this.#variables = variables;
    this.#decay = decay;
    this.#averages = new Map(
      [...variables].map(([name, variable]) => {
        const known = values?.get(name);
        return [
          name,
          tf.tidy(() =>
            tf.variable(known === undefined ? tf.clone(variable) : tf.tensor(known, variable.shape), false),
          ),
        ];
      }),
    );
  }

  /** Adds the weights after a step. @param step from 1 */
  add(step: number): void {
    const decay = Math.min(this.#decay, (1 + step) / (10 + step));
    for (const [name, average] of this.#averages) {
      const variable = this.#variables.get(name) as tf.Variable;
      tf.tidy(() => average.assign(tf.add(tf.mul(average, decay), tf.mul(variable, 1 - decay))));
    }
  }

  /** Puts the average in the weights' place. */
  assign(): void {
    for (const [name, average] of this.#averages) {
      tf.tidy(() => (this.#variables.get(name) as tf.Variable).assign(tf.clone(average)));
    }
  }

  values(): Map<string, Float32Array> {
    return new Map(
      [...this.#averages].map(([name, average]) => [name, average.dataSync<'float32'>().slice()]),
    );
  }

  dispose(): void {
    tf.dispose([...this.#averages.values()]);
  }
}
