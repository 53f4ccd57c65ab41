import '../backend/cpu-backend.ts';
import '../backend/gradients.ts';
import { mkdtemp, readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { slotFiles, writeFiles } from '../data/dataset.fixtures.ts';
import { buildConfig } from '../run/build-config.ts';
import type { RunConfig } from '../run/config.ts';
import { silentProgress } from '../run/progress.ts';
import { Interrupted } from '../run/train-stage.ts';
import { makeTable, type TableOptions } from './make-table.ts';

let base: RunConfig;
let out: string;
const options = (more: Partial<TableOptions> = {}): TableOptions => ({
  ...{ table: 'personal', base, out, seeds: 1, folds: 2, samples: 3, bank: 5, resamples: 100 },
  ...{ progress: silentProgress, signal: new AbortController().signal },
  ...more,
});

beforeAll(async () => {
  await tf.setBackend('cpu');
  const data = await writeFiles(slotFiles(Array.from({ length: 6 }, (_, i) => [20 + i, 30 + i])));
  out = await mkdtemp(join(tmpdir(), 'd-persona-table-'));
  base = buildConfig('recipe', [
    {
      data: { path: data },
      ...{ size: 16, architecture: { widths: [3, 4], head: { widths: [3] } } },
      ...{
        stage1: { steps: 2, warmup: 1, batch: 2, boundSamples: 2 },
        stage2: { steps: 2, batch: 2, bank: 4 },
      },
    },
  ]);
});

describe('makeTable', () => {
  it('trains every row and peer on the same patients, leaves no tensor, and does nothing the second time', async () => {
    const tensors = tf.memory().numTensors;
    const rows = await makeTable(options());
    expect(tf.memory().numTensors).toBe(tensors);
    expect(rows.map(({ name }) => name)).toContain('rater-unets');
    expect(new Set(rows.map(({ images }) => images))).toEqual(new Set([12]));
    for (const { cells } of rows) expect(cells.dicePersona?.mean).toBeGreaterThanOrEqual(0);

    const again: string[] = [];
    expect(await makeTable(options({ onRun: (row) => again.push(row) }))).toEqual(rows);
    expect(again).toEqual([]);
  });

  it('shares Stage I bit by bit where its settings are the same', async () => {
    const checkpoint = (row: string) =>
      readFile(join(out, row, 'split-1337-fold-1-of-2', 'seed-1337', 'checkpoints', 'stage1-00000002.ckpt'));
    expect(await checkpoint('closed-form')).toEqual(await checkpoint('d-persona'));
    expect(await checkpoint('codes')).toEqual(await checkpoint('d-persona'));
  });

  it('has the rows that are asked for, with the first, and refuses others', async () => {
    const rows = await makeTable(options({ table: 'ablation', rows: ['bank-10', 'latent-2'], folds: 1 }));
    expect(rows.map(({ name }) => name)).toEqual(['d-persona', 'bank-10', 'latent-2']);
    await expect(makeTable(options({ rows: ['nonsense'] }))).rejects.toThrow(/nonsense.*rater-unets/);
    const other = { ...base, stage1: { ...base.stage1, learningRate: 1e-5 } };
    await expect(makeTable(options({ base: other }))).rejects.toMatchObject({ code: 'other-run' });
  });

  it('goes on where it was stopped', async () => {
    const elsewhere = await mkdtemp(join(tmpdir(), 'd-persona-table-'));
    const controller = new AbortController();
    const stopping = options({
      ...{ out: elsewhere, rows: ['consensus'], folds: 1, signal: controller.signal },
      progress: { ...silentProgress, step: () => controller.abort() },
    });
    await expect(makeTable(stopping)).rejects.toThrow(Interrupted);
    await expect(
      stat(join(elsewhere, 'd-persona', 'split-1337-fold-1-of-1', 'seed-1337', 'values.json')),
    ).rejects.toThrow();
    const resumed = await makeTable(options({ out: elsewhere, rows: ['consensus'], folds: 1 }));
    const whole = await makeTable(options({ rows: ['consensus'], folds: 1 }));
    const figures = (rows: typeof whole) => rows.map(({ cells }) => cells);
    expect(figures(resumed)).toEqual(figures(whole));
  });
});
