import { chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { tfjsNodeInstalled } from '@d-persona/trainer/backend/tfjs-node.fixtures.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GoldenModel } from './compare-model.ts';
import { readGolden } from './golden.ts';

const goldens = await Promise.all([readGolden('unet'), readGolden('resnet34')]);

/** The plain backend and those that train, one after the other in one process. */
const cases = (['cpu', 'wasm', 'tfjs-node'] as const).flatMap((backend) =>
  goldens.flatMap((golden) =>
    (Object.keys(golden.cases) as (keyof typeof golden.cases)[]).map((preset) => ({
      backend,
      golden,
      preset,
    })),
  ),
);

for (const { backend, golden, preset } of cases) {
  describe.skipIf(backend === 'tfjs-node' && !tfjsNodeInstalled)(
    `parity with the independent implementation: ${backend}, ${golden.backbone}, ${preset}`,
    () => {
      let model: GoldenModel;
      beforeAll(async () => {
        await chooseBackend(backend);
        model = new GoldenModel(golden, preset);
      });
      afterAll(() => model.dispose());

      it.each([
        ['features, prior, posterior, queries, prompts and decoder', 'forward', 6],
        [
          'loss, gradients, Adam step and statistics of Stage I',
          'stage1',
          golden.backbone === 'unet' ? 3 : 4,
        ],
        ['loss and gradients of Stage II', 'stage2', 2],
      ] as const)('computes the same %s', (_, part, count) => {
        const tensors = tf.memory().numTensors;
        const errors = model[part]();
        expect(tf.memory().numTensors).toBe(tensors);
        expect(errors).toHaveLength(count);
        for (const { part: name, error, limit } of errors) expect(error, name).toBeLessThan(limit);
      });
    },
  );
}
