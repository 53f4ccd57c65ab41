import { InputError } from '@d-persona/shared/errors.ts';
import { describe, expect, it } from 'vitest';
import { buildConfig, parseConfigFile, parseSetting } from './build-config.ts';

const data = { data: { path: 'somewhere' } };

describe('buildConfig', () => {
  it('starts from the preset and lets later changes win', () => {
    const config = buildConfig('recipe', [
      data,
      parseConfigFile('{"stage1": {"steps": 700, "klWeight": 0.02}}', 'c.json'),
      parseSetting('stage1.steps=600'),
      parseSetting('architecture.widths=[8,16]'),
    ]);
    expect(config.stage1).toMatchObject({ steps: 600, klWeight: 0.02, beta: 1 });
    expect(config.architecture.widths).toEqual([8, 16]);
  });

  it('has the settings of the paper where they are asked for', () => {
    const { stage1, stage2, architecture } = buildConfig('paper', [data]);
    expect(stage1).toMatchObject({ learningRate: 1e-4, klWeight: 1, beta: 0.5, boundSamples: 10, batch: 12 });
    expect(stage1.loss).toEqual({ dice: 'pooled', background: true, crossEntropy: 0 });
    expect(stage2).toMatchObject({ bank: 100, headInitScale: 1 });
    expect(architecture).toMatchObject({ widths: [16, 32, 64, 128, 256], keys: 'raw' });
  });

  it('tells every wrong setting at once, and no value', () => {
    const wrong = () =>
      buildConfig('recipe', [data, { stage1: { steps: -1, stepps: 5 }, colour: 'secret-value' }]);
    expect(wrong).toThrow(InputError);
    expect(wrong).toThrow(/stage1\.steps.*stepps.*colour/s);
    expect(wrong).not.toThrow(/secret-value/);
  });

  it('refuses a file that is no JSON, and a setting without a value', () => {
    expect(() => parseConfigFile('{steps', 'c.json')).toThrow(/c\.json: is not JSON/);
    expect(() => parseSetting('stage1.steps')).toThrow(/--set stage1\.steps/);
  });
});
