import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluationBatches } from '../data/batches.ts';
import { writeFiles } from '../data/dataset.fixtures.ts';
import { loadDataset } from '../data/load-dataset.ts';
import { niftiFile } from '../data/volume/nifti/nifti.fixtures.ts';
import { initialValues, ModelVariables } from '../model/model-variables.ts';
import { blankSlices } from './blank-slices.ts';
import { evaluate } from './evaluate.ts';
import { renderEvaluation } from './render-table.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const ARCHITECTURE: Architecture = {
  backbone: 'unet',
  channels: 2,
  personas: 2,
  latent: 2,
  widths: [2, 4],
  posterior: 'all',
  head: { widths: [4, 4], finalRelu: true, padding: 1, dropout: 0 },
  keys: 'raw',
};
const DIMS = [8, 8, 5] as const;

describe('a model that is measured on volumes of two sequences', () => {
  it('answers every slice: those with an outline one by one, all of them as volumes', async () => {
    const files = Object.fromEntries(
      ['P1', 'P2', 'P3'].flatMap((p, i) => [
        [`${p}/T1.nii.gz`, niftiFile({ dims: DIMS, value: (x, y, z) => Math.sin(x + 2 * y + 3 * z + i) })],
        [`${p}/T2.nii.gz`, niftiFile({ dims: DIMS, value: (x, y, z) => Math.cos(2 * x + y + z + i) })],
        ...[2, 3].map((width, r): [string, Uint8Array] => [
          `${p}/rater_${r}.nii.gz`,
          niftiFile({ dims: DIMS, value: (x, y, z) => (x < width && y < 4 && z > 1 && z < 4 ? 1 : 0) }),
        ]),
      ]),
    );
    const data = await loadDataset(await writeFiles(files), { size: 8, frame: 'whole' });
    const model = new ModelVariables(ARCHITECTURE, initialValues(ARCHITECTURE, new Random(1), 1));
    const before = tf.memory().numTensors;
    const evaluation = await evaluate(
      model,
      data.raters.map(({ id }) => id),
      evaluationBatches(data, data.samples, 4),
      { samples: 3, bank: 5, seed: 1 },
      { dataset: 'volumes', split: 'test', personaKind: 'person', size: [8, 8], resamples: 100, seed: 1 },
      undefined,
      blankSlices(data, data.samples),
    );
    expect(tf.memory().numTensors).toBe(before);
    expect([evaluation.images, evaluation.patients]).toEqual([6, 3]);
    const { volumes } = evaluation;
    expect(volumes).toMatchObject({ volumes: 3, slices: 15, blankSlices: 9 });
    expect(volumes?.rows.map(({ method }) => method)).toEqual([
      'd-persona',
      'prior-mean',
      'random-prior-sample',
    ]);
    expect(volumes?.gedPaper.patients).toBe(3);
    expect(renderEvaluation(evaluation)).toContain(
      'over 3 volumes (15 slices, 9 of them without an outline)',
    );
    model.dispose();
    await data.close();
  });
});
