import '../backend/cpu-backend.ts';
import '../backend/gradients.ts';
import { mkdtemp, readdir, readFile, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../data/batch.ts';
import { initialValues, ModelVariables } from '../model/model-variables.ts';
import { stage1Task } from '../stage1/stage1-task.ts';
import { stage2Task } from '../stage2/stage2-task.ts';
import { presets } from './presets.ts';
import { silentProgress } from './progress.ts';
import type { StageTask } from './task.ts';
import { Interrupted, type StageContext, trainStage } from './train-stage.ts';

const plain: Architecture = {
  ...presets.recipe.architecture,
  channels: 1,
  personas: 2,
  widths: [3, 4],
  head: { ...presets.recipe.architecture.head, widths: [4, 3] },
};
/** With BatchNorm, whose running statistics move without a gradient. */
const residual: Architecture = {
  ...plain,
  backbone: 'resnet34',
  resnet: { blocks: [1, 1], widths: [4, 5], decoder: [5, 4, 3] },
};
const stage1 = { ...presets.recipe.stage1, steps: 6, warmup: 2, batch: 2, boundSamples: 2 };
const stage2 = { ...presets.recipe.stage2, steps: 4, batch: 2, bank: 8 };

/** Discs that the second rater draws larger: a pure function of the step. */
function discs(step: number): Batch {
  const random = new Random(11).fork(step);
  const [size, height, width] = [2, 8, 8];
  const images = random.gaussians(size * height * width).map((v) => 0.3 * v);
  const masks = new Float32Array(size * height * width * 2);
  for (let i = 0; i < size * height * width; i++) {
    const distance = Math.hypot((i % 8) - 3.5, (Math.floor(i / 8) % 8) - 3.5);
    images[i] = (images[i] as number) + (distance < 2.5 ? 2 : 0);
    masks[2 * i] = distance < 2 ? 1 : 0;
    masks[2 * i + 1] = distance < 3 ? 1 : 0;
  }
  const present = Float32Array.of(1, 1, 1, step % 2);
  return { size, height, width, channels: 1, raters: 2, images, masks, present, samples: [] };
}

function context(
  folder: string,
  signal = new AbortController().signal,
  onStep?: (step: number) => void,
): StageContext {
  return {
    folder,
    seed: 5,
    checkpointEvery: 2,
    progress: { ...silentProgress, step: (step) => onStep?.(step) },
    signal,
    async *batches(_: StageTask, fromStep: number) {
      for (let step = fromStep; ; step++) yield discs(step);
    },
    validate: async () => ({}),
  };
}

const folder = () => mkdtemp(join(tmpdir(), 'd-persona-run-'));
const changedNames = (before: ReadonlyMap<string, Float32Array>, after: ReadonlyMap<string, Float32Array>) =>
  [...after]
    .filter(
      ([name, now]) =>
        !Buffer.from(now.buffer).equals(Buffer.from((before.get(name) as Float32Array).buffer)),
    )
    .map(([name]) => name);

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe.each([
  ['unet', plain],
  ['resnet34', residual],
])('trainStage, %s', (backbone, architecture) => {
  const model = () => new ModelVariables(architecture, initialValues(architecture, new Random(1), 0.05));

  it('trains every weight of Stage I, running statistics without a gradient', async () => {
    const m = model();
    const before = m.values();
    const task = stage1Task(m, stage1);
    expect([...task.trainable.keys()].filter((name) => /\/(mean|variance)$/.test(name))).toEqual([]);
    await trainStage(task, m, context(await folder()));
    const changed = new Set(changedNames(before, m.values()));
    const trained = [...m.weights.keys()].filter((name) => !name.startsWith('head/'));
    expect(trained.filter((name) => !changed.has(name))).toEqual([]);
    const statistics = [...m.weights.keys()].filter((name) => /\/(mean|variance)$/.test(name));
    expect(statistics).toHaveLength(backbone === 'unet' ? 0 : 24);
    m.dispose();
  });

  it('lowers the loss of Stage I and leaves no tensor behind', async () => {
    const m = model();
    const before = tf.memory().numTensors;
    const run = await folder();
    await trainStage(stage1Task(m, { ...stage1, steps: 100, learningRate: 2e-2 }), m, {
      ...context(run),
      checkpointEvery: 60,
    });
    expect(tf.memory().numTensors).toBe(before);
    const lines = (await readFile(join(run, 'metrics.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const totals = lines.filter((line) => line.kind === 'train').map((line) => line.values.total);
    expect(totals.at(-1)).toBeLessThan(0.7 * totals[0]);
    m.dispose();
  });

  it('trains the heads alone in Stage II: every frozen weight stays bit-identical', async () => {
    const m = model();
    const before = m.values();
    await trainStage(stage2Task(m, stage2), m, context(await folder()));
    const changed = changedNames(before, m.values());
    expect(changed.map((name) => name.split('/')[0])).toEqual(Array(24).fill('head'));
    m.dispose();
  });

  it('averages running statistics where it averages weights', async () => {
    const end = async (average: number | undefined) => {
      const m = model();
      await trainStage(stage1Task(m, { ...stage1, average }), m, context(await folder()));
      const values = m.values();
      m.dispose();
      return values;
    };
    const changed = new Set(changedNames(await end(undefined), await end(0.9)));
    const averaged = [...model().weights.keys()].filter((name) => !name.startsWith('head/'));
    expect(averaged.filter((name) => !changed.has(name))).toEqual([]);
  });

  it('ends with the same weights and log when it was stopped and resumed', async () => {
    const whole = await folder();
    const a = model();
    await trainStage(stage1Task(a, stage1), a, context(whole));

    const stopped = await folder();
    const controller = new AbortController();
    const b = model();
    const interrupting = context(stopped, controller.signal, (step) => step === 3 && controller.abort());
    await expect(trainStage(stage1Task(b, stage1), b, interrupting)).rejects.toThrow(Interrupted);
    const c = model(); // a new process has only what is on disk
    await trainStage(stage1Task(c, stage1), c, context(stopped));

    expect(c.values()).toEqual(a.values());
    expect(await readFile(join(stopped, 'metrics.jsonl'), 'utf8')).not.toBe('');
    for (const m of [a, b, c]) m.dispose();
  });

  it('ends with the average of its weights where it keeps one, also when it was stopped', async () => {
    const settings = { ...stage1, average: 0.5 };
    const a = model();
    await trainStage(stage1Task(a, settings), a, context(await folder()));
    const last = model();
    await trainStage(stage1Task(last, stage1), last, context(await folder()));
    expect(changedNames(last.values(), a.values()).length).toBeGreaterThan(20);

    const stopped = await folder();
    const controller = new AbortController();
    const b = model();
    const interrupting = context(stopped, controller.signal, (step) => step === 3 && controller.abort());
    await expect(trainStage(stage1Task(b, settings), b, interrupting)).rejects.toThrow(Interrupted);
    const c = model();
    await trainStage(stage1Task(c, settings), c, context(stopped));
    expect(c.values()).toEqual(a.values());
    for (const m of [a, last, b, c]) m.dispose();
  });

  it('falls back to the checkpoint before a torn one', async () => {
    const whole = await folder();
    const a = model();
    await trainStage(stage1Task(a, stage1), a, context(whole));
    const files = (await readdir(join(whole, 'checkpoints'))).sort();
    expect(files).toEqual(['stage1-00000004.ckpt', 'stage1-00000006.ckpt']);
    await truncate(join(whole, 'checkpoints', files[1] as string), 1000);
    const b = model();
    await trainStage(stage1Task(b, stage1), b, context(whole));
    expect(b.values()).toEqual(a.values());
    for (const m of [a, b]) m.dispose();
  });
});
