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

/** A short training of a tiny model: small, because the plain backend is slow. */
interface Training {
  readonly stage: 1 | 2;
  readonly raters: number;
  readonly head: readonly number[];
  readonly shape: readonly [size: number, height: number, width: number];
}

const trainings: readonly Training[] = [
  { stage: 1, raters: 3, head: [5], shape: [2, 10, 10] },
  { stage: 2, raters: 3, head: [5], shape: [2, 10, 10] },
  { stage: 2, raters: 1, head: presets.recipe.architecture.head.widths, shape: [1, 6, 10] },
];

/** Losses of its steps on random images and masks. */
function losses({ stage, raters, head: widths, shape: [size, height, width] }: Training): number[] {
  const { architecture: usual } = presets.recipe;
  const head = { ...usual.head, widths: [...widths] };
  const architecture = { ...usual, channels: 1, personas: raters, widths: [4, 6], head };
  const model = new ModelVariables(architecture, initialValues(architecture, new Random(3), 1));
  const random = new Random(4);
  const batch = {
    ...{ size, height, width, channels: 1, raters, samples: [] },
    images: random.gaussians(size * height * width),
    masks: Float32Array.from({ length: size * height * width * raters }, () => +(random.uniform() < 0.8)),
    present: new Float32Array(size * raters).fill(1),
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
const expected = await chooseBackend('cpu').then(() => trainings.map(losses));

for (const backend of ['wasm', 'tfjs-node'] as const) {
  describe.skipIf(backend === 'tfjs-node' && !tfjsNodeInstalled)(`training with ${backend}`, () => {
    beforeAll(async () => {
      await chooseBackend(backend, 2);
    });

    it.each(trainings.map((training, i) => ({ ...training, i })))(
      'stays with the plain backend over 50 steps of Stage $stage, $raters heads $head',
      ({ i }) => {
        const plain = expected[i] as number[];
        const tensors = tf.memory().numTensors;
        const actual = losses(trainings[i] as Training);
        expect(tf.memory().numTensors).toBe(tensors);
        // Something was learnt, so that agreeing means something.
        expect(actual.at(-1)).toBeLessThan((actual[0] as number) - 0.01);
        for (const [step, loss] of actual.entries()) {
          expect(Math.abs(loss - (plain[step] as number)), `step ${step}`).toBeLessThan(1e-3);
        }
      },
    );
  });
}
