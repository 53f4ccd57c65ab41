import { describe, expect, it } from 'vitest';
import { buildConfig } from '../run/build-config.ts';
import { variantConfig } from './variant-config.ts';
import { named, runOf, tables, type Variant, variants } from './variants.ts';

const base = buildConfig('recipe', [
  { data: { path: 'x' }, stage1: { steps: 7, batch: 3 }, architecture: { widths: [3, 4] } },
]);
const all = [...variants.values()];
const config = (variant: Variant) => variantConfig(base, variant, 5);

describe('the rows of the tables', () => {
  it('each begin with D-Persona as it is, and no name means two things', () => {
    for (const rows of Object.values(tables)) expect(rows[0]).toEqual(named('d-persona'));
    for (const row of Object.values(tables).flat()) expect(row).toEqual(named(row.name));
  });

  it.each(all)('$name gives a valid config, or asks a run that is trained', (variant) => {
    const run = runOf(variant);
    expect(run.run).toBeUndefined();
    expect(run.training).toBe(variant.training);
    expect(config(run)).toMatchObject({ seed: 5, consensus: false, stage1: { steps: 7, batch: 3 } });
  });

  it.each(all.filter(({ stage1 }) => stage1 !== undefined))(
    '$name has the same Stage I as the run that it takes it from',
    (variant) => {
      const [own, from] = [config(variant), config(named(variant.stage1 as string))];
      const ofStage1 = ({
        stage1,
        architecture: { keys, head, ...shared },
        augmentation,
        stage2,
      }: typeof own) => ({
        ...{ stage1, shared, augmentation, headWidths: head.widths, headInitScale: stage2.headInitScale },
      });
      expect(ofStage1(own)).toEqual(ofStage1(from));
    },
  );

  it('differ from the first row in what their title says, and in nothing else', () => {
    const own = config(named('d-persona'));
    expect(config(named('beta-0.25'))).toEqual({ ...own, stage1: { ...own.stage1, beta: 0.25 } });
    expect(config(named('bank-50'))).toEqual({ ...own, stage2: { ...own.stage2, bank: 50 } });
    const padded = { ...own.architecture, head: { ...own.architecture.head, padding: 3 } };
    expect(config(named('padding-3'))).toEqual({ ...own, architecture: padded });
  });

  it("preset paper keeps the table's compute, and takes everything else as printed", () => {
    const paper = config(named('paper'));
    expect(paper.architecture).toMatchObject({ widths: [3, 4], keys: 'raw', head: { finalRelu: true } });
    expect(paper.stage1).toMatchObject({ steps: 7, batch: 3, klWeight: 1, learningRate: 1e-4, warmup: 0 });
    expect(paper.stage1.loss).toEqual({ dice: 'pooled', background: true, crossEntropy: 0 });
  });
});
