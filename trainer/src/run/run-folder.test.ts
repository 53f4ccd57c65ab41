import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildConfig } from './build-config.ts';
import { RunFolder } from './run-folder.ts';

const config = buildConfig('recipe', [{ data: { path: 'somewhere' } }]);
const fresh = async () => new RunFolder(join(await mkdtemp(join(tmpdir(), 'd-persona-folder-')), 'run'));

describe('RunFolder', () => {
  it('takes the same config again, and gives it back', async () => {
    const folder = await fresh();
    await folder.begin(config);
    await folder.begin(config);
    expect(await folder.config()).toEqual(config);
  });

  it('refuses another config, naming the settings that differ', async () => {
    const folder = await fresh();
    await folder.begin(config);
    const other = { ...config, seed: 2, stage1: { ...config.stage1, beta: 0.25 } };
    await expect(folder.begin(other)).rejects.toThrow(/other settings \(seed, stage1\.beta\)/);
  });

  it('says what is missing in a folder that is no run, unfinished, or not evaluated', async () => {
    const folder = await fresh();
    await expect(folder.config()).rejects.toThrow(/no config\.json/);
    await folder.begin(config);
    await expect(folder.finished('stage1', 2400)).rejects.toThrow(/0 of 2400 steps of stage1/);
    await expect(folder.evaluation()).rejects.toThrow(/has not been evaluated/);
  });
});
