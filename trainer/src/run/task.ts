import type { Random } from '@d-persona/shared/random.ts';
import type * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import type { Schedule } from '../optimiser/schedule.ts';

/** The trainings of a run, in their order: both stages, and the consensus U-Net that they are measured against. */
export type StageName = 'stage1' | 'stage2' | 'consensus';

/** Named scalars of one step: the total, which is minimised, and its terms. */
export type LossTerms = { readonly total: number } & Readonly<Record<string, number>>;

/** The gradient of one batch: by variable name, owned by the caller, with the values of the loss' terms. */
export interface StepGradient {
  readonly terms: LossTerms;
  readonly gradients: ReadonlyMap<string, tf.Tensor>;
}

/** One training: what is trained, for how long, and how a batch becomes a gradient. */
export interface StageTask {
  readonly name: StageName;
  readonly settings: Schedule & {
    readonly batch: number;
    /** Decay of an average of the weights, which the stage ends with; absent: it ends with the last weights. */
    readonly average?: number | undefined;
  };
  readonly trainable: ReadonlyMap<string, tf.Variable>;
  /** Running statistics, which steps move without a gradient: an average of the weights averages them too. */
  readonly statistics?: ReadonlyMap<string, tf.Variable>;
  gradient(batch: Batch, random: Random): StepGradient;
}
