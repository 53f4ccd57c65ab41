import * as tf from '@tensorflow/tfjs-core';
import type { ModelVariables } from '../model/model-variables.ts';
import { differentiate } from '../run/differentiate.ts';
import type { StageTask } from '../run/task.ts';
import { drawDropout } from './dropout.ts';
import type { Stage2Settings } from './settings.ts';
import { disposeFrozen, frozenBatch, stage2Loss } from './stage2-loss.ts';

/** Stage II: the heads alone are trained. Frozen means that no gradient is computed and no weight is written. */
export function stage2Task(model: ModelVariables, settings: Stage2Settings): StageTask {
  const { architecture, weights } = model;
  const trainable = model.of('head');
  return {
    name: 'stage2',
    settings,
    trainable,
    gradient({ images, masks, present, size, height, width, channels, raters }, random) {
      const noise = tf.tensor3d(random.gaussians(size * settings.bank * architecture.latent), [
        size,
        settings.bank,
        architecture.latent,
      ]);
      const x = tf.tensor4d(images, [size, height, width, channels]);
      const y = tf.tensor4d(masks, [size, height, width, raters]);
      const exists = tf.tensor2d(present, [size, raters]);
      const dropout = architecture.head.dropout > 0 ? drawDropout(architecture, size, random) : undefined;
      const frozen = frozenBatch(weights, architecture, x, noise);
      const step = differentiate(trainable, () => ({
        ...stage2Loss(weights, architecture, frozen, y, exists, settings, dropout),
      }));
      disposeFrozen(frozen);
      tf.dispose([noise, x, y, exists, ...(dropout?.flat() ?? [])]);
      return step;
    },
  };
}
