import { ModelVariables } from '../model/model-variables.ts';
import { openWholeData } from '../run/open-run-data.ts';
import type { RunData } from '../run/run-data.ts';
import type { RunFolder } from '../run/run-folder.ts';
import { runArchitecture } from '../run/run-training.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluateOptions } from './evaluate-run.ts';
import type { Evaluation } from './table.ts';

/**
 * Evaluates a finished run on all images that any rater outlined, where it was trained on those that all of them did.
 * Taken are all patients but those of training and validation, also such as the run never saw since none of their images
 * is complete.
 *
 * @param data of the run
 * @param limit at most so many images, evenly spread over the patients
 */
export async function evaluateAnyRaters(
  folder: RunFolder,
  data: RunData,
  { resamples, samples, bank }: Omit<EvaluateOptions, 'split'>,
  limit: number,
): Promise<Evaluation> {
  const config = await folder.config();
  const { path, ...options } = config.data;
  const { dataset, whole } = await openWholeData(path, config.size, { ...options, readers: 'any' });
  const seen = new Set([...data.split.train, ...data.split.validation].map(({ patient }) => patient));
  const unseen = dataset.samples.filter(({ patient }) => !seen.has(patient));
  const architecture = runArchitecture(config, data);
  const model = new ModelVariables(architecture, await folder.finished('stage2', config.stage2.steps));
  const evaluation = await evaluate(
    model,
    dataset.raters.map(({ id }) => id),
    whole(unseen, limit),
    { samples, bank, seed: config.seed },
    {
      dataset: `${dataset.name}, images that any rater outlined`,
      split: 'test',
      personaKind: dataset.kind,
      size: [config.size, config.size],
      resamples,
      seed: config.seed,
    },
  );
  model.dispose();
  await dataset.close();
  return evaluation;
}
