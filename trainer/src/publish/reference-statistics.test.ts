import { rm } from 'node:fs/promises';
import { weightSpecs } from '@d-persona/shared/model/weights.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { expect, onTestFinished, test } from 'vitest';
import { chooseBackend } from '../backend/choose-backend.ts';
import { slotFiles, writeFiles } from '../data/dataset.fixtures.ts';
import { initialValues } from '../model/model-variables.ts';
import { buildConfig } from '../run/build-config.ts';
import { openRunData } from '../run/open-run-data.ts';
import { runArchitecture } from '../run/run-training.ts';
import { referenceStatistics } from './reference-statistics.ts';

const sum = (counts: readonly number[] | undefined) => (counts ?? []).reduce((all, count) => all + count, 0);

test('all images are looked at, and the personas asked on patients that they have not seen; no tensor is left', async () => {
  await chooseBackend('wasm', 1);
  const folder = await writeFiles(slotFiles(Array.from({ length: 20 }, (_, p) => [10 + p, 20 + p])));
  onTestFinished(() => rm(folder, { recursive: true }));
  const small = { widths: [4, 8], latent: 2, head: { widths: [4] } };
  const config = buildConfig('recipe', [{ data: { path: folder }, size: 16, architecture: small }]);
  const data = await openRunData(config);
  const architecture = runArchitecture(config, data);
  const values = initialValues(architecture, new Random(1), 1);
  const weights = new Map(
    weightSpecs(architecture).map(({ name, shape }) => [
      name,
      { shape, data: values.get(name) as Float32Array },
    ]),
  );
  const options = { samples: 4, bank: 20, seed: 1 };
  const before = tf.memory().numTensors;
  const { images, answers, personas, histograms } = await referenceStatistics(
    weights,
    architecture,
    'int8',
    data,
    options,
  );
  expect(tf.memory().numTensors).toBe(before);
  const { split, dataset } = data;
  expect(images).toBe(dataset.samples.length);
  expect(answers).toBe(split.validation.length + split.test.length);
  expect(answers).toBeGreaterThan(0);
  expect(personas).toEqual(['rank-1', 'rank-2']);
  for (const statistic of ['brightness', 'contrast', 'skewness', 'roughness'] as const)
    expect(sum(histograms[statistic])).toBe(images);
  for (const statistic of ['area', 'disagreement'] as const) expect(sum(histograms[statistic])).toBe(answers);
  // All images are the same ramp, so that all fall into one bin.
  expect(Math.max(...(histograms.brightness ?? []))).toBe(images);
  await data.dataset.close();
});
