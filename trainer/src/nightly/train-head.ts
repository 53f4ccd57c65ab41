import { decode, decoderImagePart } from '@d-persona/shared/model/decoder.ts';
import { priorBank } from '@d-persona/shared/model/gaussian.ts';
import { type DropoutMasks, personaQuery } from '@d-persona/shared/model/head.ts';
import { personaPrompt } from '@d-persona/shared/model/prompt.ts';
import { servingSpecs, type WeightSpec } from '@d-persona/shared/model/weights.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { z } from 'zod';
import { segmentationLoss } from '../losses/segmentation-loss.ts';
import type { WeightValues } from '../model/model-variables.ts';
import { Adam } from '../optimiser/adam.ts';
import { learningRateAt } from '../optimiser/schedule.ts';
import { differentiate } from '../run/differentiate.ts';
import { presets } from '../run/presets.ts';
import { drawDropout } from '../stage2/dropout.ts';
import type { AnnotatedCase } from './annotated-case.ts';
import { FrozenCases, type HeadBatch } from './frozen-cases.ts';
import type { ReleaseModel } from './release-model.ts';
import type { headTrainingSchema } from './settings.ts';

export type HeadTraining = z.output<typeof headTrainingSchema>;

const { loss: LOSS } = presets.recipe.stage2;

/** The weights of a persona's head, in order, named as persona `index`'s. */
export function headSpecs(architecture: ReleaseModel['architecture'], index: number): WeightSpec[] {
  const all = servingSpecs({ ...architecture, personas: Math.max(architecture.personas, index + 1) });
  return all.filter(({ persona }) => persona === index);
}

/**
 * Stage II for one reader on the frozen core: a head that begins as a copy of another persona's and learns the
 * reader's outlines. The core's features are computed once; its weights are constants here, and no other head is.
 *
 * @param from index of the persona whose head it begins as
 * @param cases at least one
 * @param onStep told of each step's loss
 * @returns values of the head's weights, in the order of {@link headSpecs}
 */
export function trainHead(
  model: ReleaseModel,
  from: number,
  cases: readonly AnnotatedCase[] | FrozenCases,
  { steps, learningRate, batch, bank, queryWeight, seed }: HeadTraining,
  onStep: (step: number, loss: number) => void = () => {},
): Float32Array[] {
  const { architecture } = model;
  const specs = headSpecs(architecture, from);
  // Copies: the optimiser writes into its variables' memory, which a clone would share with the release's tensors.
  const trainable = new Map(
    specs.map(({ name, shape }) => {
      const value = (model.weights.get(name) as tf.Tensor).dataSync<'float32'>().slice();
      return [name, tf.tidy(() => tf.variable(tf.tensor(value, [...shape])))];
    }),
  );
  const weights = new Map([...model.weights, ...trainable]);
  const frozen = cases instanceof FrozenCases ? cases : FrozenCases.of(model, cases);
  const random = new Random(seed).fork('head');
  const adam = new Adam(trainable);
  for (let step = 0; step < steps; step++) {
    const drawn = frozen.batch(batch, random);
    const noise = tf.tensor3d(random.gaussians(batch * bank * architecture.latent), [
      batch,
      bank,
      architecture.latent,
    ]);
    const { dropout } = architecture.head;
    const masks = dropout > 0 ? drawDropout({ ...architecture, personas: 1 }, batch, random)[0] : undefined;
    const { terms, gradients } = differentiate(trainable, () => headLoss(drawn, noise, masks));
    adam.apply(gradients, learningRateAt(step, { steps, learningRate, warmup: 0 }));
    tf.dispose([
      ...gradients.values(),
      drawn.features,
      drawn.prior.mu,
      drawn.prior.logSigma,
      drawn.masks,
      noise,
    ]);
    tf.dispose(masks === undefined ? [] : [...masks]);
    if (!Number.isFinite(terms.total)) throw new Error(`a head's loss is ${terms.total} at step ${step}`);
    onStep(step + 1, terms.total);
  }
  const values = specs.map(({ name }) => (trainable.get(name) as tf.Variable).dataSync<'float32'>().slice());
  adam.dispose();
  tf.dispose([...trainable.values()]);
  return values;

  /** L_seg(persona, y) + w·½|q|²: Stage II's loss of one persona. */
  function headLoss(drawn: HeadBatch, noise: tf.Tensor3D, kept?: DropoutMasks) {
    const query = personaQuery(weights, architecture, from, drawn.features, kept);
    const prompt = personaPrompt(query, priorBank(drawn.prior, noise), drawn.prior, architecture.keys);
    // Not kept with the features: to copy it into a batch takes as long as to compute it, and memory as much again.
    const logits = decode(weights, decoderImagePart(weights, drawn.features), prompt);
    const segmentation = segmentationLoss(logits, drawn.masks, LOSS);
    const divergence: tf.Scalar = tf.mul(0.5, tf.mean(tf.sum(tf.square(query), 1)));
    return { total: tf.add<tf.Scalar>(segmentation, tf.mul(queryWeight, divergence)), segmentation };
  }
}

/** Values of a head as one array, and back. */
export function joinValues(values: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(values.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const value of values) {
    joined.set(value, offset);
    offset += value.length;
  }
  return joined;
}

/** A head's weights by name as persona `index`'s. @throws Error for values that are not a head of the architecture */
export function splitValues(
  joined: Float32Array,
  architecture: ReleaseModel['architecture'],
  index: number,
): WeightValues {
  let offset = 0;
  const values = new Map(
    headSpecs(architecture, index).map(({ name, shape }) => {
      const length = shape.reduce((a, b) => a * b, 1);
      const value = joined.slice(offset, offset + length);
      offset += length;
      return [name, value] as const;
    }),
  );
  if (offset !== joined.length) throw new Error(`a head has ${offset} weights, not ${joined.length}`);
  return values;
}
