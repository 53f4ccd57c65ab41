import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { initialValues, ModelVariables } from '../model/model-variables.ts';
import { Adam } from '../optimiser/adam.ts';
import { presets } from '../run/presets.ts';
import { stage1Task } from '../stage1/stage1-task.ts';

/** Sizes of the reference step: Stage I of the recipe at 64 × 64, one channel, four raters, batch 12. */
export const REFERENCE_WIDTHS = { small: [8, 16, 32, 64], full: [16, 32, 64, 128, 256] } as const;
export type ReferenceSize = keyof typeof REFERENCE_WIDTHS;

const [SIDE, BATCH, RATERS] = [64, 12, 4];

/**
 * Times one training step on random data with the backend that is set: forward, backward and Adam.
 *
 * @returns median of three steps after two that compile and grow, milliseconds
 */
export function timeReferenceStep(size: ReferenceSize): number {
  const { architecture: recipe, stage1 } = presets.recipe;
  const architecture = { ...recipe, channels: 1, personas: RATERS, widths: [...REFERENCE_WIDTHS[size]] };
  const model = new ModelVariables(architecture, initialValues(architecture, new Random(1), 1));
  const random = new Random(2);
  const pixels = BATCH * SIDE * SIDE;
  const batch = {
    ...{ size: BATCH, height: SIDE, width: SIDE, channels: 1, raters: RATERS, samples: [] },
    images: random.gaussians(pixels),
    masks: Float32Array.from({ length: pixels * RATERS }, () => (random.uniform() < 0.3 ? 1 : 0)),
    present: new Float32Array(BATCH * RATERS).fill(1),
  };
  const task = stage1Task(model, stage1);
  const adam = new Adam(task.trainable);
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    const { gradients } = task.gradient(batch, random);
    adam.apply(gradients, 1e-4);
    tf.dispose([...gradients.values()]);
    return performance.now() - start;
  });
  adam.dispose();
  model.dispose();
  return times.slice(2).sort((a, b) => a - b)[1] as number;
}
