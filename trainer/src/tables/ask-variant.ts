import * as tf from '@tensorflow/tfjs-core';
import { consensusLogits } from '../consensus/consensus-task.ts';
import type { Batch } from '../data/batch.ts';
import { EvaluationAccumulator, type ImageValues } from '../evaluation/accumulate.ts';
import { tuneConsensus } from '../evaluation/evaluate.ts';
import { type StyleError, styleError } from '../evaluation/metrics/style.ts';
import {
  imagesOf,
  mapsOf,
  meanMap,
  type PredictOptions,
  predict,
  presentRaters,
  raterMasks,
} from '../evaluation/predict.ts';
import { applyThreshold } from '../evaluation/thresholds.ts';
import type { RunData } from '../run/run-data.ts';
import type { TrainedVariant } from './run-variant.ts';
import type { Variant } from './variants.ts';

/** What a variant answers for one image. */
interface Answer {
  /** One for each persona, H·W. */
  readonly personas: readonly Float32Array[];
  /** Samples of its distribution; a variant without one is taken as the set of its answers. */
  readonly samples?: readonly Float32Array[];
  /** Threshold of each persona; 0.5 if left out. */
  readonly thresholds?: readonly number[];
}

type Asker = (batch: Batch) => Answer[];

/** What the consensus U-Net's thresholds are tuned on. */
async function* tuningBatches(data: RunData, answer: string): AsyncGenerator<Batch> {
  if (answer === 'thresholds-of-all') yield* data.whole('train');
  yield* data.whole('validation');
}

async function askerOf(
  trained: TrainedVariant,
  data: RunData,
  options: PredictOptions,
  answer: NonNullable<Variant['ask']>['answer'],
): Promise<Asker> {
  const personas = data.dataset.raters.length;
  const everybody = (map: Float32Array) => Array.from({ length: personas }, () => map);
  switch (trained.training) {
    case 'd-persona':
      return (batch) =>
        predict(trained.network, batch, options).map((prediction) => ({
          samples: prediction.samples,
          personas: answer === 'prior-mean' ? everybody(prediction.priorMean) : prediction.personas,
        }));
    case 'closed-form':
    case 'codes':
    case 'last-layers':
    case 'residual':
      return (batch) => {
        const maps = trained.network.maps(batch);
        return predict(trained.network, batch, options).map(({ samples }, n) => ({
          samples,
          personas: maps.map((ofPersona) => ofPersona[n] as Float32Array),
        }));
      };
    case 'consensus': {
      const { network } = trained;
      const tuned =
        answer === undefined ? undefined : await tuneConsensus(network, tuningBatches(data, answer));
      return (batch) => {
        const images = imagesOf(batch);
        const maps = mapsOf(
          tf.tidy(() => tf.sigmoid(consensusLogits(network.weights, network.architecture, images))),
        );
        images.dispose();
        return maps.map((map) => ({
          personas: everybody(map),
          ...(tuned && { thresholds: tuned.thresholds }),
        }));
      };
    }
    case 'channels':
    case 'rater-unets':
      return (batch) => {
        const maps = trained.networks.map((network) => network.maps(batch));
        return Array.from({ length: batch.size }, (_, n) => ({
          personas: maps.flatMap((ofNetwork) => ofNetwork[n] as Float32Array[]),
        }));
      };
  }
}

/** Values of one image, and how far the personas are from their raters' style. */
export interface VariantValues extends ImageValues {
  readonly style: StyleError;
}

/** Measures a trained variant on the test patients: values of each image, in the data's order. */
export async function askVariant(
  trained: TrainedVariant,
  data: RunData,
  options: PredictOptions,
  answer: NonNullable<Variant['ask']>['answer'],
): Promise<VariantValues[]> {
  const ask = await askerOf(trained, data, options, answer);
  const accumulator = new EvaluationAccumulator(data.dataset.raters.map(({ id }) => id));
  const styles: StyleError[] = [];
  for await (const batch of data.whole('test')) {
    for (const [n, { personas, samples, thresholds }] of ask(batch).entries()) {
      const masks = personas.map((map, r) => applyThreshold(map, thresholds?.[r] ?? 0.5));
      const raters = raterMasks(batch, n);
      const present = presentRaters(batch, n);
      // An image that nobody outlined is measured by nothing.
      if (present.includes(true)) styles.push(styleError(masks, raters, batch.width, present));
      accumulator.add({
        patient: batch.samples[n]?.patient ?? '',
        raters,
        present,
        samples: samples?.map((map) => applyThreshold(map, 0.5)) ?? masks,
        sampleMeanProbability: meanMap(samples ?? personas),
        answers: { 'd-persona': { masks, meanProbability: meanMap(personas) } },
      });
    }
  }
  return accumulator.images().map((image, i) => ({ ...image, style: styles[i] as StyleError }));
}
