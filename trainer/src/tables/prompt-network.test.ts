import '../backend/cpu-backend.ts';
import '../backend/gradients.ts';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../data/batch.ts';
import { initialValues } from '../model/model-variables.ts';
import { presets } from '../run/presets.ts';
import { type PromptKind, PromptNetwork } from './prompt-network.ts';

const architecture: Architecture = {
  ...presets.recipe.architecture,
  ...{ channels: 1, personas: 2, latent: 2, widths: [3, 4] },
  head: { widths: [3], finalRelu: false, padding: 1, dropout: 0.1 },
};
const values = initialValues(architecture, new Random(3), 1);
const side = 8;
const batch: Batch = {
  ...{ size: 2, height: side, width: side, channels: 1, raters: 2, samples: [] },
  images: new Random(4).gaussians(2 * side * side),
  masks: Float32Array.from({ length: 2 * side * side * 2 }, (_, i) => (i % 7 < 3 ? 1 : 0)),
  present: new Float32Array(4).fill(1),
};
const numbers = (network: PromptNetwork) =>
  network.maps(batch).flatMap((maps) => maps.map((map) => [...map]));

describe.each<[PromptKind, RegExp]>([
  ['last-layers', /^(head\/|style\/[01]\/decoder\/(hidden1|last)\/)/],
  ['residual', /^(head\/|style\/[01]\/conv[01]\/)/],
])('personas with %s of their own', (kind, trained) => {
  beforeAll(async () => {
    await tf.setBackend('cpu');
  });

  it('begin as the closed form, learn what is their own alone, keep it in a checkpoint, and leave no tensor', () => {
    const tensors = tf.memory().numTensors;
    const closed = new PromptNetwork(architecture, 'closed-form', values);
    const network = new PromptNetwork(architecture, kind, values);
    expect(numbers(network)).toEqual(numbers(closed));
    for (const name of network.trainable.keys()) expect(name).toMatch(trained);

    const task = network.task({ ...presets.recipe.stage2, batch: 2 });
    const { gradients } = task.gradient(batch, new Random(5));
    for (const [name, gradient] of gradients) {
      const variable = network.trainable.get(name) as tf.Variable;
      tf.tidy(() => variable.assign(tf.sub(variable, tf.mul(0.5, gradient))));
    }
    tf.dispose([...gradients.values()]);
    expect(numbers(network)).not.toEqual(numbers(closed));
    const again = new PromptNetwork(architecture, kind, values);
    again.assign(network.values());
    expect(numbers(again)).toEqual(numbers(network));
    for (const each of [closed, network, again]) each.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
