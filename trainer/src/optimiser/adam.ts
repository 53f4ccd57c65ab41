import * as tf from '@tensorflow/tfjs-core';

/** Adam's constants (Kingma & Ba, 2015), the same in the paper and here. */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

/** What a checkpoint holds of the optimiser: step count and both moments of each variable by name. */
export interface AdamState {
  readonly step: number;
  readonly first: ReadonlyMap<string, Float32Array>;
  readonly second: ReadonlyMap<string, Float32Array>;
}

interface Moments {
  readonly first: tf.Variable;
  readonly second: tf.Variable;
}

/**
 * Adam over named variables, with a state that can be saved and restored bit by bit: m ← β₁m + (1−β₁)g,
 * v ← β₂v + (1−β₂)g², w ← w − α·m̂ / (√v̂ + ε).
 */
export class Adam {
  readonly #variables: ReadonlyMap<string, tf.Variable>;
  readonly #moments: Map<string, Moments>;
  #step: number;

  /** @param state of an earlier optimiser over the same variables; absent: from zero */
  constructor(variables: ReadonlyMap<string, tf.Variable>, state?: AdamState) {
    this.#variables = variables;
    this.#step = state?.step ?? 0;
    this.#moments = new Map(
      [...variables].map(([name, { shape }]) => {
        const moment = (values?: Float32Array) =>
          tf.tidy(() =>
            tf.variable(values === undefined ? tf.zeros(shape) : tf.tensor(values, shape), false),
          );
        return [name, { first: moment(state?.first.get(name)), second: moment(state?.second.get(name)) }];
      }),
    );
  }

  /** One step. Gradients are by variable name and stay the caller's. */
  apply(gradients: ReadonlyMap<string, tf.Tensor>, learningRate: number): void {
    this.#step += 1;
    const { beta1, beta2, epsilon } = ADAM;
    // Both bias corrections folded into two numbers: m̂/(√v̂ + ε) = (√c₂/c₁)·m / (√v + ε√c₂).
    const correction = Math.sqrt(1 - beta2 ** this.#step);
    const rate = (learningRate * correction) / (1 - beta1 ** this.#step);
    const gradientOf = (name: string) => {
      const gradient = gradients.get(name);
      if (gradient === undefined) throw new Error(`No gradient for ${name}`);
      return gradient;
    };
    if (tf.getKernel('Adam', tf.getBackend()) != null) {
      const inputs = [...this.#variables].flatMap(([name, value], i) => {
        const { first, second } = this.#moments.get(name) as Moments;
        const tensors = { value, gradient: gradientOf(name), first, second };
        return Object.entries(tensors).map(([input, tensor]) => [`${input}${i}`, tensor] as const);
      });
      tf.engine().runKernel('Adam', Object.fromEntries(inputs), {
        ...{ variables: this.#variables.size, ...ADAM, correction: 1 / correction ** 2 },
        rate: learningRate / (1 - beta1 ** this.#step),
      });
      return;
    }
    for (const [name, variable] of this.#variables) {
      const gradient = gradientOf(name);
      const { first, second } = this.#moments.get(name) as Moments;
      tf.tidy(() => {
        first.assign(tf.add(tf.mul(first, beta1), tf.mul(gradient, 1 - beta1)));
        second.assign(tf.add(tf.mul(second, beta2), tf.mul(tf.square(gradient), 1 - beta2)));
        const update = tf.div(first, tf.add(tf.sqrt(second), epsilon * correction));
        variable.assign(tf.sub(variable, tf.mul(update, rate)));
      });
    }
  }

  state(): AdamState {
    const values = (pick: (moments: Moments) => tf.Variable) =>
      new Map([...this.#moments].map(([name, m]) => [name, pick(m).dataSync<'float32'>().slice()]));
    return { step: this.#step, first: values((m) => m.first), second: values((m) => m.second) };
  }

  dispose(): void {
    tf.dispose([...this.#moments.values()].flatMap(({ first, second }) => [first, second]));
  }
}
