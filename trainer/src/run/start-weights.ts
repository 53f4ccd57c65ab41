import { InputError } from '@d-persona/shared/errors.ts';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { Random } from '@d-persona/shared/random.ts';
import { initialValues, type WeightValues } from '../model/model-variables.ts';
import type { RunConfig } from './config.ts';
import { RunFolder } from './run-folder.ts';

/** Weights that a core is made of; the posterior is not: its input has as many channels as there are raters. */
const CORE = /^(unet|prior|decoder)\//;

/**
 * The weights that a run starts from: drawn at random, or those of another run's finished core (for the consensus
 * U-Net, of its consensus U-Net) where they have the same shape. Heads are always drawn anew.
 *
 * @throws InputError `other-core` where a weight of the core has another shape; `no-run`, `unfinished-run`
 */
export async function startWeights(
  architecture: Architecture,
  { seed, start, stage2 }: Pick<RunConfig, 'seed' | 'start' | 'stage2'>,
  stage: 'stage1' | 'consensus',
): Promise<WeightValues> {
  const values = initialValues(architecture, new Random(seed), stage2.headInitScale);
  if (start === null) return values;
  const folder = new RunFolder(start);
  const config = await folder.config();
  const from = await folder.finished(stage, config.stage1.steps);
  const other = [...values].find(([name, own]) => CORE.test(name) && from.get(name)?.length !== own.length);
  if (other !== undefined) {
    throw new InputError({
      code: 'other-core',
      input: start,
      problem: `has another ${other[0]} than this run`,
      remedy: 'Start from a run of the same widths, channels and latent size',
    });
  }
  return new Map(
    [...values].map(([name, own]) => {
      const theirs = name.startsWith('head/') ? undefined : from.get(name);
      return [name, theirs?.length === own.length ? theirs : own];
    }),
  );
}
