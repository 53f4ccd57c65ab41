import type { Batch } from '../data/batch.ts';
import { evaluationBatches, TrainingBatches } from '../data/batches.ts';
import { loadDataset } from '../data/load-dataset.ts';
import type { DataOptionsInput } from '../data/options.ts';
import type { Dataset, Sample } from '../data/sample.ts';
import { splitByPatient } from '../data/split.ts';
import type { RunConfig } from './config.ts';
import type { RunData } from './run-data.ts';

/** Images asked at once when a model is measured. */
const EVALUATION_BATCH = 16;

/** At most `limit` samples, evenly spread over the list, so that a few patients do not stand for all. */
function spread(samples: readonly Sample[], limit: number): readonly Sample[] {
  if (samples.length <= limit) return samples;
  return Array.from({ length: limit }, (_, i) => samples[Math.floor((i * samples.length) / limit)] as Sample);
}

/** Loads the data of a run, splits it by patient, and makes its batches. @throws InputError as of loading and splitting */
export async function openRunData({ data, size, seed, augmentation }: RunConfig): Promise<RunData> {
  const { path, ...options } = data;
  const dataset = await loadDataset(path, { ...options, size });
  const split = splitByPatient(dataset.samples, seed);
  const training = new TrainingBatches(dataset, split.train, augmentation);
  return {
    dataset,
    split,
    training: ({ settings }, fromStep) => training.from(fromStep, { batch: settings.batch, seed }),
    whole: (part, limit = Number.POSITIVE_INFINITY) =>
      evaluationBatches(dataset, spread(split[part], limit), EVALUATION_BATCH),
  };
}

/** A dataset that nothing is trained on. */
export interface WholeData {
  readonly dataset: Dataset;
  /** Samples once, in order, without augmentation; all if left out. @param limit at most so many, evenly spread */
  whole(samples?: readonly Sample[], limit?: number): AsyncIterable<Batch>;
}

/** All images of a dataset, for measuring a release on data that it was not trained on. */
export async function openWholeData(
  path: string,
  size: number,
  options: DataOptionsInput = {},
): Promise<WholeData> {
  const dataset = await loadDataset(path, { ...options, size });
  return {
    dataset,
    whole: (samples = dataset.samples, limit = Number.POSITIVE_INFINITY) =>
      evaluationBatches(dataset, spread(samples, limit), EVALUATION_BATCH),
  };
}
