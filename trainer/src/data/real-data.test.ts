import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { evaluationBatches } from './batches.ts';
import { loadDataset } from './load-dataset.ts';
import type { Dataset } from './sample.ts';
import { splitByPatient } from './split.ts';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const patients = ({ samples }: Dataset) => new Set(samples.map(({ patient }) => patient)).size;
const meanAreas = ({ samples, raters }: Dataset) =>
  raters.map((_, r) => samples.reduce((sum, { areas }) => sum + (areas[r] as number), 0) / samples.length);

describe('the sample that ships with the project', () => {
  it('has ranks of lung nodules', async () => {
    const data = await loadDataset(join(repository, 'sample/lidc-idri-64.zip'), { size: 64 });
    expect(data).toMatchObject({
      kind: 'rank',
      layout: 'slots',
      channels: 1,
      frame: 'crop',
      licence: 'CC BY 3.0',
      modality: 'CT',
    });
    expect(data.attribution).toMatch(/Armato/);
    expect([data.samples.length, patients(data), data.raters.length]).toEqual([842, 199, 4]);
    expect(
      data.samples.every(
        ({ present, height, width }) => present.every(Boolean) && height === 64 && width === 64,
      ),
    ).toBe(true);
    expect(meanAreas(data)).toEqual(meanAreas(data).toSorted((a, b) => a - b));
    const { test } = splitByPatient(data.samples, 1337);
    for await (const { images, size } of evaluationBatches(data, test, 16)) {
      expect(images.reduce((a, b) => a + b) / images.length).toBeCloseTo(0, 3);
      expect(size).toBeGreaterThan(0);
    }
    await data.close();
  });

  it('has named readers of cells', async () => {
    const data = await loadDataset(join(repository, 'sample/bu-bil-64.zip'), {
      size: 64,
      sets: ['*D3'],
      raters: ['*_Amira'],
    });
    expect(data).toMatchObject({ kind: 'person', layout: 'named', channels: 1, frame: 'crop' });
    expect(data.attribution).toMatch(/Gurari/);
    expect(data.raters.map(({ id }) => id)).toEqual([1, 2, 3, 4, 5].map((n) => `person${n}-amira`));
    expect([data.samples.length, patients(data)]).toEqual([47, 47]);
    await data.close();
  });
});

const datasets = resolve(repository, process.env.DPERSONA_DATASETS ?? '../shared/datasets');
const absent = !existsSync(join(datasets, 'bu-bil-cells.zip'));

describe.skipIf(absent)(
  'public datasets (in the folder DPERSONA_DATASETS; skipped where it is absent)',
  () => {
    it('BU-BIL: three sets, ten readers, seen whole', async () => {
      const data = await loadDataset(join(datasets, 'bu-bil-cells.zip'), { size: 64 });
      expect(data).toMatchObject({
        kind: 'person',
        layout: 'named',
        channels: 1,
        frame: 'whole',
        licence: 'not stated',
      });
      expect([data.samples.length, patients(data), data.raters.length]).toEqual([116, 116, 10]);
      await data.close();
    });

    it('CHASE_DB1: two readers by suffix, fourteen children, in colour', async () => {
      const data = await loadDataset(join(datasets, 'chase-db1.zip'), { size: 64 });
      expect(data).toMatchObject({ kind: 'person', layout: 'suffix', channels: 3, frame: 'whole' });
      expect([data.samples.length, patients(data), data.raters.length]).toEqual([28, 14, 2]);
      await data.close();
    });
  },
);
