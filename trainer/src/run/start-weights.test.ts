import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { Random } from '@d-persona/shared/random.ts';
import { describe, expect, it } from 'vitest';
import { initialValues } from '../model/model-variables.ts';
import { buildConfig } from './build-config.ts';
import { Checkpoints } from './checkpoint.ts';
import { RunFolder } from './run-folder.ts';
import { startWeights } from './start-weights.ts';

const config = (start: string | null, widths = [3, 4]) =>
  buildConfig('recipe', [{ data: { path: 'x' }, start, architecture: { widths }, stage1: { steps: 5 } }]);
const architecture = (personas: number, widths = [3, 4]): Architecture => ({
  ...config(null, widths).architecture,
  ...{ channels: 1, personas },
});

/** A run of two raters whose Stage I has finished. */
async function finishedRun(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'd-persona-start-'));
  await new RunFolder(folder).begin(config(null));
  const weights = initialValues(architecture(2), new Random(77), 1);
  const optimiser = { step: 5, first: new Map(), second: new Map() };
  await new Checkpoints(folder, 'stage1').write({ stage: 'stage1', step: 5, weights, optimiser, random: [] });
  return folder;
}

describe('startWeights', () => {
  it("takes another run's core, also where there are other raters, and draws the heads anew", async () => {
    const start = await finishedRun();
    const from = await new RunFolder(start).finished('stage1', 5);
    const own = await startWeights(architecture(3), config(start), 'stage1');
    const fresh = await startWeights(architecture(3), config(null), 'stage1');
    expect([...own.keys()]).toEqual([...fresh.keys()]);
    for (const [name, value] of own) {
      if (/^(unet|prior|decoder)\//.test(name)) expect(value, name).toEqual(from.get(name));
      if (name.startsWith('head/')) expect(value, name).toEqual(fresh.get(name));
    }
    const posterior = [...own.keys()].find((name) => name.startsWith('posterior/')) as string;
    expect(own.get(posterior)).toEqual(fresh.get(posterior)); // one more mask is one more channel
  });

  it('refuses a core of another size, and a run that has not finished', async () => {
    const start = await finishedRun();
    await expect(startWeights(architecture(2, [3, 5]), config(start), 'stage1')).rejects.toMatchObject({
      code: 'other-core',
    });
    await expect(startWeights(architecture(2), config(start), 'consensus')).rejects.toMatchObject({
      code: 'unfinished-run',
    });
  });
});
