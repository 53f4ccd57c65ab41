import { BatchStatistics } from '@d-persona/shared/model/batch-statistics.ts';
import type { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import type { ModelVariables } from '../model/model-variables.ts';
import { differentiate } from '../run/differentiate.ts';
import type { StageTask } from '../run/task.ts';
import type { Stage1Settings } from './settings.ts';
import { type Stage1Inputs, stage1Loss } from './stage1-loss.ts';
import { drawRaters, stage1Targets } from './targets.ts';

/** The batch as tensors, with a rater drawn for each image and the noise of this step. The caller disposes them. */
function stage1Inputs(
  batch: Batch,
  { architecture }: ModelVariables,
  { boundSamples }: Stage1Settings,
  random: Random,
): Stage1Inputs {
  const { size, height, width, channels, raters } = batch;
  const targets = stage1Targets(batch, drawRaters(batch, random));
  const single = (mask: Float32Array) => tf.tensor4d(mask, [size, height, width, 1]);
  const noise = (samples: number) =>
    tf.tensor3d(random.gaussians(size * samples * architecture.latent), [size, samples, architecture.latent]);
  return {
    images: tf.tensor4d(batch.images, [size, height, width, channels]),
    posteriorMasks:
      architecture.posterior === 'all'
        ? tf.tensor4d(batch.masks, [size, height, width, raters])
        : single(targets.drawn),
    drawn: single(targets.drawn),
    union: single(targets.union),
    intersection: single(targets.intersection),
    posteriorNoise: noise(1),
    boundNoise: noise(boundSamples),
  };
}

/** Stage I: everything but the heads is trained. */
export function stage1Task(model: ModelVariables, settings: Stage1Settings): StageTask {
  const trainable = model.of('unet', 'prior', 'posterior', 'decoder');
  return {
    name: 'stage1',
    settings,
    trainable,
    statistics: model.statistics,
    gradient(batch, random) {
      const inputs = stage1Inputs(batch, model, settings, random);
      const statistics = new BatchStatistics();
      const step = differentiate(trainable, () => ({
        ...stage1Loss(model.weights, model.architecture, inputs, settings, statistics),
      }));
      statistics.moveRunning(model.weights);
      tf.dispose(Object.values(inputs));
      return step;
    },
  };
}
