import { BatchStatistics } from '@d-persona/shared/model/batch-statistics.ts';
import { decoderImagePart } from '@d-persona/shared/model/decoder.ts';
import { posterior, prior, priorBank } from '@d-persona/shared/model/gaussian.ts';
import { personaQuery } from '@d-persona/shared/model/head.ts';
import { personaPrompt } from '@d-persona/shared/model/prompt.ts';
import { unet } from '@d-persona/shared/model/unet.ts';
import { ModelVariables } from '@d-persona/trainer/model/model-variables.ts';
import { Adam } from '@d-persona/trainer/optimiser/adam.ts';
import { differentiate } from '@d-persona/trainer/run/differentiate.ts';
import { presets } from '@d-persona/trainer/run/presets.ts';
import { stage1Loss } from '@d-persona/trainer/stage1/stage1-loss.ts';
import { stage1Targets } from '@d-persona/trainer/stage1/targets.ts';
import { type FrozenBatch, personaLogits, stage2Loss } from '@d-persona/trainer/stage2/stage2-loss.ts';
import * as tf from '@tensorflow/tfjs-core';
import { architectureOf, type Golden, type GoldenCase } from './golden.ts';

/** The largest error of one part of the model, and the most that it may be. */
export interface PartError {
  readonly part: string;
  readonly error: number;
  readonly limit: number;
}

/** Limits of issue and architecture: values, losses, gradients (relative), weights after a step of Adam. */
const LIMITS = { value: 1e-4, loss: 1e-5, gradient: 1e-3, step: 1e-5 } as const;

type Values = ArrayLike<number>;

function largestDifference(actual: Values, expected: Values): number {
  if (actual.length !== expected.length) throw new Error(`${actual.length} values, not ${expected.length}`);
  let most = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs((actual[i] as number) - (expected[i] as number));
    // Not Math.max alone: it must not lose a NaN to a later number.
    if (!(difference <= most)) most = difference;
    if (Number.isNaN(most)) return Number.NaN;
  }
  return most;
}

/** Largest of several errors; NaN where one is. */
function worst(errors: readonly number[]): number {
  return errors.some(Number.isNaN) ? Number.NaN : Math.max(...errors);
}

/** Of each tensor the largest difference over the largest value. */
function gradientError(
  actual: ReadonlyMap<string, tf.Tensor>,
  expected: Readonly<Record<string, readonly number[]>>,
): number {
  const names = Object.keys(expected).sort();
  if (names.join() !== [...actual.keys()].sort().join())
    throw new Error('There are gradients of other weights');
  return worst(
    names.map((name) => {
      const values = expected[name] as readonly number[];
      const scale = values.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-4);
      return largestDifference((actual.get(name) as tf.Tensor).dataSync(), values) / scale;
    }),
  );
}

/** A case of golden values with the product's model of the same weights, and its inputs as tensors. */
export class GoldenModel {
  readonly #golden: Golden;
  readonly #case: GoldenCase;
  readonly #preset: 'recipe' | 'paper';
  readonly #model: ModelVariables;

  constructor(golden: Golden, preset: 'recipe' | 'paper') {
    const expected = golden.cases[preset];
    if (expected === undefined) throw new Error(`There is no case ${preset}`);
    this.#golden = golden;
    this.#case = expected;
    this.#preset = preset;
    this.#model = new ModelVariables(
      architectureOf(golden, expected),
      new Map(Object.entries(expected.weights).map(([name, values]) => [name, Float32Array.from(values)])),
    );
  }

  dispose(): void {
    this.#model.dispose();
  }

  /** Features, Gaussians, queries, prompts and decoder, in inference mode. */
  forward(): PartError[] {
    return tf.tidy(() => {
      const { weights, architecture } = this.#model;
      const expected = this.#case;
      const frozen = this.#frozen();
      const q = posterior(weights, architecture, this.#images(), this.#masks());
      const queries = Array.from({ length: architecture.personas }, (_, e) =>
        personaQuery(weights, architecture, e, frozen.features),
      );
      const prompts = queries.map((query) =>
        personaPrompt(query, frozen.bank, frozen.prior, architecture.keys),
      );
      const logits = personaLogits(weights, architecture, frozen, queries);
      const error = (part: string, ...pairs: readonly (readonly [tf.Tensor, readonly number[]])[]) => ({
        part,
        error: worst(pairs.map(([actual, values]) => largestDifference(actual.dataSync(), values))),
        limit: LIMITS.value,
      });
      return [
        error('features', [frozen.features, expected.features]),
        error('prior', [frozen.prior.mu, expected.priorMu], [frozen.prior.logSigma, expected.priorLogSigma]),
        error('posterior', [q.mu, expected.posteriorMu], [q.logSigma, expected.posteriorLogSigma]),
        error('queries', [tf.stack(queries, 1), expected.queries]),
        error('prompts', [tf.stack(prompts, 1), expected.prompts]),
        error('decoder', [logits, expected.personaLogits]),
      ];
    });
  }

  /** Loss of Stage I and its terms, gradients, what BatchNorm's statistics become, and one step of Adam. */
  stage1(): PartError[] {
    const { stage1: expected, loss } = this.#case;
    const model = this.#model;
    const before = model.values();
    const trainable = model.of('unet', 'prior', 'posterior', 'decoder');
    const settings = {
      ...presets[this.#preset].stage1,
      ...loss,
      loss: this.#segmentation(),
      boundSamples: this.#golden.shape.S,
    };
    const statistics = new BatchStatistics();
    const inputs = this.#stage1Inputs();
    const { terms, gradients } = differentiate(trainable, () => ({
      ...stage1Loss(model.weights, model.architecture, inputs, settings, statistics),
    }));
    statistics.moveRunning(model.weights);
    const values = (name: string) => (model.weights.get(name) as tf.Tensor).dataSync();
    const losses = (['reconstruction', 'kl', 'bound', 'total'] as const).map(
      (term) => Math.abs((terms[term] as number) - expected[term]) / Math.max(1, Math.abs(expected[term])),
    );
    const running = Object.entries(expected.runningStatistics).map(([name, after]) =>
      largestDifference(values(name), after),
    );
    const gradient = gradientError(gradients, expected.gradients);
    const adam = new Adam(trainable);
    adam.apply(gradients, expected.learningRate);
    const steps = Object.entries(expected.afterAdam).map(([name, after]) => {
      // A first step of Adam is lr·sign(g): where g is as small as its error may be, its sign may differ.
      const slopes = expected.gradients[name] as number[];
      const least = 2 * LIMITS.gradient * slopes.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
      const clear = slopes.map((g) => Math.abs(g) > Math.max(least, 1e-6));
      const own = Array.from(values(name)).filter((_, i) => clear[i]);
      return largestDifference(
        own,
        after.filter((_, i) => clear[i]),
      );
    });
    adam.dispose();
    model.assign(before);
    tf.dispose([...gradients.values(), ...Object.values(inputs)]);
    return [
      { part: 'loss of Stage I', error: worst(losses), limit: LIMITS.loss },
      { part: 'gradients of Stage I', error: gradient, limit: LIMITS.gradient },
      { part: 'a step of Adam', error: worst(steps), limit: LIMITS.step },
      ...(running.length === 0
        ? []
        : [{ part: 'running statistics', error: worst(running), limit: LIMITS.step }]),
    ];
  }

  /** Loss and gradients of Stage II, everything but the heads being frozen. */
  stage2(): PartError[] {
    const { weights, architecture } = this.#model;
    const { N, R } = this.#golden.shape;
    const { stage2: expected, inputs } = this.#case;
    const settings = {
      ...presets[this.#preset].stage2,
      queryWeight: 0,
      loss: { ...this.#segmentation(), crossEntropy: 0 },
    };
    return tf.tidy(() => {
      const frozen = this.#frozen();
      const [masks, present] = [this.#masks(), tf.tensor2d(inputs.present, [N, R])];
      const { terms, gradients } = differentiate(this.#model.of('head'), () => ({
        ...stage2Loss(weights, architecture, frozen, masks, present, settings),
      }));
      return [
        { part: 'loss of Stage II', error: Math.abs(terms.total - expected.total), limit: LIMITS.loss },
        {
          part: 'gradients of Stage II',
          error: gradientError(gradients, expected.gradients),
          limit: LIMITS.gradient,
        },
      ];
    });
  }

  #images(): tf.Tensor4D {
    const { N, H, W, C } = this.#golden.shape;
    return tf.tensor4d(this.#case.inputs.images, [N, H, W, C]);
  }

  #masks(): tf.Tensor4D {
    const { N, H, W, R } = this.#golden.shape;
    return tf.tensor4d(this.#case.inputs.masks, [N, H, W, R]);
  }

  #segmentation() {
    const { dice, crossEntropy } = this.#case.loss;
    return { dice, background: true, crossEntropy };
  }

  #frozen(): FrozenBatch {
    const { weights, architecture } = this.#model;
    const { N, M, D } = this.#golden.shape;
    const features = unet(weights, architecture, this.#images());
    const gaussian = prior(weights, architecture, this.#images());
    const bank = priorBank(gaussian, tf.tensor3d(this.#case.inputs.bankNoise, [N, M, D]));
    return { features, imagePart: decoderImagePart(weights, features), prior: gaussian, bank };
  }

  #stage1Inputs() {
    const { N, H, W, C, R, D, S } = this.#golden.shape;
    const { inputs } = this.#case;
    const batch = {
      ...{ size: N, height: H, width: W, channels: C, raters: R, samples: [] },
      images: Float32Array.from(inputs.images),
      masks: Float32Array.from(inputs.masks),
      present: Float32Array.from(inputs.present),
    };
    const { union, intersection, drawn } = stage1Targets(batch, inputs.rater);
    const single = (mask: Float32Array) => tf.tensor4d(mask, [N, H, W, 1]);
    return {
      images: this.#images(),
      posteriorMasks: this.#masks(),
      drawn: single(drawn),
      union: single(union),
      intersection: single(intersection),
      posteriorNoise: tf.tensor3d(inputs.posteriorNoise, [N, 1, D]),
      boundNoise: tf.tensor3d(inputs.boundNoise, [N, S, D]),
    };
  }
}
