import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import type { ModelVariables } from '../model/model-variables.ts';
import { Adam } from '../optimiser/adam.ts';
import { learningRateAt } from '../optimiser/schedule.ts';
import { WeightAverage } from '../optimiser/weight-average.ts';
import { Checkpoints } from './checkpoint.ts';
import { MetricsLog } from './metrics-log.ts';
import type { Progress } from './progress.ts';
import type { LossTerms, StageTask } from './task.ts';

/** What a stage needs from the run that it belongs to. */
export interface StageContext {
  readonly folder: string;
  readonly seed: number;
  readonly checkpointEvery: number;
  readonly progress: Progress;
  /** Aborted when the run should stop: a checkpoint is written first. */
  readonly signal: AbortSignal;
  /** Batches from a step on: a pure function of seed and step, so that a resumed run sees the same. */
  batches(stage: StageTask, fromStep: number): AsyncIterable<Batch>;
  /** Figures on the validation patients, asked for at checkpoints and at the end. */
  validate(stage: StageTask): Promise<Readonly<Record<string, number>>>;
}

/** A run was asked to stop; its last checkpoint holds everything. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Steps over which the log averages. */
const LOG_EVERY = 10;

/**
 * Trains one stage to its last step, resuming from its newest whole checkpoint. On return the model holds the
 * stage's final weights, and its last checkpoint is on disk.
 *
 * @throws Interrupted when the signal aborts
 * @throws InputError when a checkpoint cannot be written
 * @throws Error when the loss is no longer a number
 */
export async function trainStage(
  task: StageTask,
  model: Pick<ModelVariables, 'values' | 'assign'>,
  context: StageContext,
): Promise<void> {
  const { settings, trainable } = task;
  const { folder, seed, progress, signal } = context;
  const checkpoints = new Checkpoints(folder, task.name);
  const log = new MetricsLog(folder);
  const resumed = await checkpoints.latest();
  if (resumed !== undefined) model.assign(resumed.weights);
  let step = resumed?.step ?? 0;
  await log.rewind(task.name, step);
  if (step >= settings.steps) return;

  const random = resumed ? Random.fromState(resumed.random) : new Random(seed).fork(task.name);
  const adam = new Adam(trainable, resumed?.optimiser);
  const averaged = new Map([...trainable, ...(task.statistics ?? [])]);
  const average = settings.average ? new WeightAverage(averaged, settings.average, resumed?.average) : null;
  const save = () =>
    checkpoints.write({
      stage: task.name,
      step,
      weights: model.values(),
      optimiser: adam.state(),
      random: random.state(),
      ...(average && { average: average.values() }),
    });
  const recent: LossTerms[] = [];
  progress.begin(task.name, step, settings.steps);
  try {
    for await (const batch of context.batches(task, step)) {
      const { terms, gradients } = task.gradient(batch, random);
      if (!Number.isFinite(terms.total))
        throw new Error(`${task.name}: the loss is ${terms.total} at step ${step}`);
      adam.apply(gradients, learningRateAt(step, settings));
      tf.dispose([...gradients.values()]);
      step += 1;
      average?.add(step);
      recent.push(terms);
      progress.step(step, terms, batch.size);
      const last = step === settings.steps;
      if (last) average?.assign();
      if (recent.length === LOG_EVERY || last) {
        await log.append({ stage: task.name, kind: 'train', step, values: meanTerms(recent) });
        recent.length = 0;
      }
      if (step % context.checkpointEvery === 0 || last) {
        const values = await context.validate(task);
        await log.append({ stage: task.name, kind: 'validation', step, values });
        progress.validated(step, values);
        await save();
      }
      if (last) break;
      if (signal.aborted) {
        await save();
        throw new Interrupted(
          `${task.name} stopped after step ${step}: run the same command again to resume`,
        );
      }
    }
  } finally {
    adam.dispose();
    average?.dispose();
    progress.end();
  }
}

function meanTerms(terms: readonly LossTerms[]): Record<string, number> {
  const names = Object.keys(terms[0] ?? {});
  return Object.fromEntries(
    names.map((name) => [name, terms.reduce((sum, term) => sum + (term[name] as number), 0) / terms.length]),
  );
}
