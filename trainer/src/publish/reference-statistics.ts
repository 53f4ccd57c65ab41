import { histogramsOf, type Observed } from '@d-persona/shared/drift/histogram.ts';
import { rangeStatistics, shapeStatistics } from '@d-persona/shared/drift/image-statistics.ts';
import { Votes } from '@d-persona/shared/drift/votes.ts';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { weightTensors } from '@d-persona/shared/model/weight-tensors.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import { type PlainWeights, quantizedWeights } from '@d-persona/shared/release/encode-release.ts';
import type { Manifest } from '@d-persona/shared/release/manifest.ts';
import type { Quantization } from '@d-persona/shared/release/quantize.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import { cropOfFrame } from '../data/frame.ts';
import type { Dataset, Sample } from '../data/sample.ts';
import { type PredictOptions, predict } from '../evaluation/predict.ts';
import type { RunData, SplitPart } from '../run/run-data.ts';

/** Images that are looked at, spread over each part. Personas are asked on patients that they have not seen. */
const LIMITS: Readonly<Record<SplitPart, number>> = { train: 256, validation: 128, test: 128 };

/** Volumes are stored in a window of their own, so that only pictures have a range to compare. */
const PICTURES: readonly Dataset['layout'][] = ['slots', 'named', 'suffix'];

async function ofImage(dataset: Dataset, sample: Sample, { images, ...batch }: Batch, n: number) {
  const { height, width, channels } = batch;
  const pixels = height * width * channels;
  const shape = shapeStatistics({ data: images.subarray(n * pixels, (n + 1) * pixels), width, channels });
  if (!PICTURES.includes(dataset.layout)) return shape;
  const { image } = await dataset.pixels(sample);
  return { ...rangeStatistics(image, cropOfFrame(dataset.frame, sample, dataset.size)), ...shape };
}

/** What images of a run's data and answers to them are like, for the drift watch of those who are served. */
export async function referenceStatistics(
  weights: PlainWeights,
  architecture: Architecture,
  kind: Quantization,
  { dataset, whole }: RunData,
  options: PredictOptions,
): Promise<NonNullable<Manifest['reference']>> {
  const tensors = weightTensors(quantizedWeights(weights, servingSpecs(architecture), kind));
  const observed: Observed[] = [];
  let answers = 0;
  for (const part of ['train', 'validation', 'test'] as const) {
    for await (const batch of whole(part, LIMITS[part])) {
      const predictions =
        part === 'train'
          ? []
          : predict({ weights: tensors, architecture }, batch, { ...options, samples: 0 });
      for (const [n, sample] of batch.samples.entries()) {
        const votes = new Votes();
        for (const map of predictions[n]?.personas ?? []) votes.add(map);
        observed.push({ ...(await ofImage(dataset, sample, batch, n)), ...votes.observed() });
      }
      answers += predictions.length;
    }
  }
  tf.dispose([...tensors.values()]);
  const personas = dataset.raters.map(({ id }) => id);
  return { images: observed.length, answers, personas, histograms: histogramsOf(observed) };
}
