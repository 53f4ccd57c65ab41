import { weightTensors } from '@d-persona/shared/model/weight-tensors.ts';
import { servingSpecs } from '@d-persona/shared/model/weights.ts';
import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { loadRelease } from '@d-persona/shared/release/store.ts';
import { predict } from '@d-persona/trainer/evaluation/predict.ts';
import { applyThreshold } from '@d-persona/trainer/evaluation/thresholds.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Study } from './run-study.ts';

/** The API's own defaults: the Worker must have answered with these. */
const SEED = 0;
const BANK = 500;

/**
 * Share of pixels in which the Worker's persona masks differ from the trainer's own with the same release, over the
 * test patients whose images have the model's input size.
 *
 * @param masks of the Worker, by sample id
 */
export async function differingPixels(
  { data, release }: Study,
  store: ObjectStore,
  masks: ReadonlyMap<string, readonly Uint8Array[]>,
): Promise<number> {
  const { weights, manifest } = await loadRelease(store, release.hash, servingSpecs);
  const tensors = weightTensors(weights);
  const network = { weights: tensors, architecture: manifest.architecture };
  let different = 0;
  let pixels = 0;
  for await (const batch of data.whole('test')) {
    const predictions = predict(network, batch, { samples: 0, bank: BANK, seed: SEED });
    for (const [n, { personas }] of predictions.entries()) {
      const answered = masks.get(batch.samples[n]?.id ?? '');
      for (const [persona, map] of personas.entries()) {
        const theirs = answered?.[persona];
        if (theirs === undefined || theirs.length !== map.length) continue;
        pixels += map.length;
        different += applyThreshold(map, 0.5).reduce(
          (sum, value, i) => sum + (value === theirs[i] ? 0 : 1),
          0,
        );
      }
    }
  }
  tf.dispose([...tensors.values()]);
  if (pixels === 0) throw new Error('No test image has the size of the model input');
  return different / pixels;
}
