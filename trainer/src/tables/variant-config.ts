import { buildConfig } from '../run/build-config.ts';
import type { RunConfig } from '../run/config.ts';
import { presets } from '../run/presets.ts';
import type { Variant } from './variants.ts';

/**
 * The config of a variant: the table's own, with the variant's changes over it. The preset `paper` keeps the table's
 * steps, batch and widths, so that rows differ in method and not in compute.
 *
 * @param base config of the table's first row
 */
export function variantConfig(base: RunConfig, { preset, changes = {} }: Variant, seed: number): RunConfig {
  const table = { ...base, seed, consensus: false };
  if (preset !== 'paper') return buildConfig(base.preset, [table, { ...changes }]);
  const { architecture, augmentation, stage1, stage2 } = presets.paper;
  const compute = ({ steps, batch }: { steps: number; batch: number }) => ({ steps, batch });
  return buildConfig('paper', [
    table,
    { preset: 'paper', architecture: { ...architecture, widths: base.architecture.widths }, augmentation },
    {
      stage1: { ...stage1, ...compute(base.stage1) },
      stage2: { ...stage2, ...compute(base.stage2) },
    },
    { ...changes },
  ]);
}
