import * as tf from '@tensorflow/tfjs-core';
import { consensusLogits } from '../consensus/consensus-task.ts';
import type { Batch } from '../data/batch.ts';
import { EvaluationAccumulator, type ImageResult } from './accumulate.ts';
import {
  imagesOf,
  mapsOf,
  meanMap,
  type Network,
  type PredictOptions,
  predict,
  presentRaters,
  raterMasks,
} from './predict.ts';
import type { Evaluation, Protocol } from './table.ts';
import { applyThreshold, ThresholdTuner } from './thresholds.ts';

/** The control: a consensus U-Net, and its threshold for each persona, tuned on validation. */
export interface ConsensusBaseline {
  readonly network: Network;
  readonly thresholds: readonly number[];
}

/** Probability maps of the consensus U-Net for a batch. */
function consensusMaps({ weights, architecture }: Network, batch: Batch): Float32Array[] {
  const images = imagesOf(batch);
  const maps = mapsOf(tf.tidy(() => tf.sigmoid(consensusLogits(weights, architecture, images))));
  images.dispose();
  return maps;
}

/** Tunes the consensus U-Net's thresholds, one for each persona, on the validation patients. */
export async function tuneConsensus(
  network: Network,
  validation: AsyncIterable<Batch>,
): Promise<ConsensusBaseline> {
  const tuner = new ThresholdTuner(network.architecture.personas);
  for await (const batch of validation) {
    for (const [n, map] of consensusMaps(network, batch).entries()) {
      tuner.add(map, raterMasks(batch, n), presentRaters(batch, n));
    }
  }
  return { network, thresholds: tuner.thresholds() };
}

/**
 * Measures a model on images that it has not seen, beside the baselines on the same images.
 *
 * @param personas ids, in the order of masks and heads
 * @param batches of the test patients
 * @param consensus absent where none was trained
 * @param blanks slices of the same volumes that no rater outlined: an answer there makes a volume's Dice worse
 */
export async function evaluate(
  network: Network,
  personas: readonly string[],
  batches: AsyncIterable<Batch>,
  options: PredictOptions,
  protocol: Protocol,
  consensus?: ConsensusBaseline,
  blanks?: AsyncIterable<Batch>,
): Promise<Evaluation> {
  const accumulator = new EvaluationAccumulator(personas);
  for await (const batch of batches) {
    for (const result of resultsOf(network, batch, options, consensus)) accumulator.add(result);
  }
  for await (const batch of blanks ?? []) {
    for (const result of resultsOf(network, batch, options, consensus)) accumulator.addSlice(result);
  }
  return accumulator.finish(protocol);
}

/** What every method answers for the images of a batch. */
function resultsOf(
  network: Network,
  batch: Batch,
  options: PredictOptions,
  consensus: ConsensusBaseline | undefined,
): ImageResult[] {
  const everybody = <T>(answer: T) => Array.from({ length: batch.raters }, () => answer);
  const cut = (map: Float32Array) => applyThreshold(map, 0.5);
  const maps = consensus && consensusMaps(consensus.network, batch);
  return predict(network, batch, options).map((prediction, n) => {
    const samples = prediction.samples.map(cut);
    const consensusMap = maps?.[n];
    const sample = batch.samples[n];
    return {
      patient: sample?.patient ?? '',
      volume: sample?.place?.volume,
      raters: raterMasks(batch, n),
      present: presentRaters(batch, n),
      samples,
      sampleMeanProbability: meanMap(prediction.samples),
      answers: {
        'd-persona': { masks: prediction.personas.map(cut), meanProbability: meanMap(prediction.personas) },
        ...(consensus &&
          consensusMap && {
            'consensus-unet': { masks: everybody(cut(consensusMap)), meanProbability: consensusMap },
            'consensus-unet-thresholds': {
              masks: consensus.thresholds.map((threshold) => applyThreshold(consensusMap, threshold)),
              meanProbability: consensusMap,
            },
          }),
        'prior-mean': {
          masks: everybody(cut(prediction.priorMean)),
          meanProbability: prediction.priorMean,
        },
        'random-prior-sample': { masks: everybody(samples[0] as Uint8Array) },
      },
    };
  });
}
