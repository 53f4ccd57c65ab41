import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { initialValues, ModelVariables } from '../model/model-variables.ts';
import { Adam } from '../optimiser/adam.ts';
import { presets } from '../run/presets.ts';
import { stage1Task } from '../stage1/stage1-task.ts';
import { stage2Task } from '../stage2/stage2-task.ts';
import { chooseBackend } from './choose-backend.ts';
import { tfjsNodeInstalled } from './tfjs-node.fixtures.ts';

const STEPS = 50;
const RATERS = 3;

/** Losses of a short training of a tiny model on random images and masks of an odd size. */
function losses(stage: 1 | 2): number[] {
  const { architecture: usual } = presets.recipe;
  // Small, because the plain backend is slow.
  const head = { ...usual.head, widths: [5] };
  const architecture = { ...usual, channels: 1, personas: RATERS, widths: [4, 6], head };
  const model = new ModelVariables(architecture, initialValues(architecture, new Random(3), 1));
  const random = new Random(4);
  const [size, height, width] = [2, 10, 10];
  const batch = {
    ...{ size, height, width, channels: 1, raters: RATERS, samples: [] },
    images: random.gaussians(size * height * width),
    masks: Float32Array.from({ length: size * height * width * RATERS }, () => random.integer(2)),
    present: new Float32Array(size * RATERS).fill(1),
  };
  const task =
    stage === 1 ? stage1Task(model, presets.recipe.stage1) : stage2Task(model, presets.recipe.stage2);
  const adam = new Adam(task.trainable);
  const result = Array.from({ length: STEPS }, () => {
    const { terms, gradients } = task.gradient(batch, random);
    adam.apply(gradients, 1e-3);
    tf.dispose([...gradients.values()]);
    return terms.total;
  });
  adam.dispose();
  model.dispose();
  return result;
}

/** What the plain backend says, the measure of the others. */
const expected = await chooseBackend('cpu').then(() => ({ 1: losses(1), 2: losses(2) }));

for (const backend of ['wasm', 'tfjs-node'] as const) {
  describe.skipIf(backend === 'tfjs-node' && !tfjsNodeInstalled)(`training with ${backend}`, () => {
    beforeAll(async () => {
      await chooseBackend(backend, 2);
    });

    it.each([1, 2] as const)('stays with the plain backend over 50 steps of Stage %i', (stage) => {
      const tensors = tf.memory().numTensors;
      const actual = losses(stage);
      expect(tf.memory().numTensors).toBe(tensors);
      // Something was learnt, so that agreeing means something.
      expect(actual.at(-1)).toBeLessThan((actual[0] as number) - 0.01);
      for (const [step, loss] of actual.entries()) {
        expect(Math.abs(loss - (expected[stage][step] as number)), `step ${step}`).toBeLessThan(1e-3);
      }
    });
  });
}
