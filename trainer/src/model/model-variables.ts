import { type Architecture, headWidths } from '@d-persona/shared/model/architecture.ts';
import { type Part, type WeightSpec, weightSpecs } from '@d-persona/shared/model/weights.ts';
import type { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { initialWeight } from './initialise-weights.ts';

/** Values of weights by name, outside TensorFlow: what checkpoints and releases hold. */
export type WeightValues = ReadonlyMap<string, Float32Array>;

/** The weights of a model in training: variables by name, with what each is. The holder calls {@link dispose}. */
export class ModelVariables {
  readonly architecture: Architecture;
  readonly weights: ReadonlyMap<string, tf.Variable>;
  readonly #specs: readonly WeightSpec[];

  constructor(architecture: Architecture, values: WeightValues) {
    this.architecture = architecture;
    this.#specs = weightSpecs(architecture);
    this.weights = new Map(
      this.#specs.map(({ name, shape, statistic }) => {
        const value = values.get(name);
        if (value === undefined) throw new Error(`No value for weight ${name}`);
        return [name, tf.tidy(() => tf.variable(tf.tensor(value, [...shape]), statistic !== true))];
      }),
    );
  }

  /** The variables of some of the networks that gradients train, in order: no running statistics. */
  of(...parts: readonly Part[]): ReadonlyMap<string, tf.Variable> {
    return new Map(
      this.#specs
        .filter(({ part, statistic }) => parts.includes(part) && statistic !== true)
        .map(({ name }) => [name, this.weights.get(name) as tf.Variable]),
    );
  }

  /** BatchNorm's running statistics. */
  get statistics(): ReadonlyMap<string, tf.Variable> {
    return new Map([...this.weights].filter(([, { trainable }]) => !trainable));
  }

  /** Copies of all values. */
  values(): Map<string, Float32Array> {
    return new Map(
      [...this.weights].map(([name, variable]) => [name, variable.dataSync<'float32'>().slice()]),
    );
  }

  /** Overwrites every variable with these values. @throws Error when one is missing */
  assign(values: WeightValues): void {
    for (const [name, variable] of this.weights) {
      const value = values.get(name);
      if (value === undefined) throw new Error(`No value for weight ${name}`);
      tf.tidy(() => variable.assign(tf.tensor(value, variable.shape)));
    }
  }

  dispose(): void {
    tf.dispose([...this.weights.values()]);
  }
}

/**
 * A freshly initialised model.
 *
 * @param headInitScale factor on each head's last convolution: below 1, personas start near the prior's mean
 */
export function initialValues(architecture: Architecture, seed: Random, headInitScale: number): WeightValues {
  const last = `conv${2 * headWidths(architecture).length - 1}/kernel`;
  return new Map(
    weightSpecs(architecture).map((spec) => [
      spec.name,
      initialWeight(spec, seed, spec.part === 'head' && spec.name.endsWith(last) ? headInitScale : 1),
    ]),
  );
}
