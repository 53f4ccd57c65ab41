import type { Batch } from '../data/batch.ts';
import type { Dataset, Sample } from '../data/sample.ts';
import type { StageTask } from './task.ts';

/** Which patients: seeded, by patient, so that no patient is in two parts. */
export type SplitPart = 'train' | 'validation' | 'test';

/** The data of a run: the dataset, its split, and batches of each part. */
export interface RunData {
  readonly dataset: Dataset;
  readonly split: Readonly<Record<SplitPart, readonly Sample[]>>;
  /** Augmented training batches from a step on: a pure function of the run's seed and the step. */
  training(task: StageTask, fromStep: number): AsyncIterable<Batch>;
  /** Every image of a part once, in order, without augmentation. @param limit at most so many images, spread over the part */
  whole(part: SplitPart, limit?: number): AsyncIterable<Batch>;
}
