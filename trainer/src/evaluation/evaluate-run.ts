import { ModelVariables } from '../model/model-variables.ts';
import type { RunData } from '../run/run-data.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { runArchitecture } from '../run/run-training.ts';
import { blankSlices } from './blank-slices.ts';
import { type ConsensusBaseline, evaluate, tuneConsensus } from './evaluate.ts';
import type { PredictOptions } from './predict.ts';
import type { Evaluation } from './table.ts';

/** How a run is evaluated. */
export type EvaluateOptions = Omit<PredictOptions, 'seed'> & {
  readonly split: 'validation' | 'test';
  /** Draws of the bootstrap over patients. */
  readonly resamples: number;
};

/**
 * Evaluates a finished run on patients that it has not seen, beside the baselines; the consensus U-Net's thresholds
 * are tuned on the validation patients. Does not write anything.
 *
 * @throws InputError `unfinished-run`
 */
export async function evaluateRun(
  folder: RunFolder,
  data: RunData,
  { split, resamples, ...asked }: EvaluateOptions,
): Promise<Evaluation> {
  const config = await folder.config();
  const architecture = runArchitecture(config, data);
  const load = async (stage: 'stage2' | 'consensus') =>
    new ModelVariables(
      architecture,
      await folder.finished(stage, config[stage === 'stage2' ? 'stage2' : 'stage1'].steps),
    );
  const model = await load('stage2');
  const consensus = config.consensus ? await load('consensus') : undefined;
  const baseline: ConsensusBaseline | undefined =
    consensus && (await tuneConsensus(consensus, data.whole('validation')));
  const { dataset } = data;
  const evaluation = await evaluate(
    model,
    dataset.raters.map(({ id }) => id),
    data.whole(split),
    { ...asked, seed: config.seed },
    {
      dataset: dataset.name,
      split,
      personaKind: dataset.kind,
      size: [config.size, config.size],
      resamples,
      seed: config.seed,
    },
    baseline,
    blankSlices(dataset, data.split[split]),
  );
  model.dispose();
  consensus?.dispose();
  return evaluation;
}
