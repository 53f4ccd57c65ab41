import { ModelVariables } from '../../model/model-variables.ts';
import type { RunData, SplitPart } from '../../run/run-data.ts';
import type { RunFolder } from '../../run/run-folder.ts';
import { runArchitecture } from '../../run/run-training.ts';
import type { FigureData } from './figure-data.ts';
import { type FigureOptions, gatherFigures } from './gather-figures.ts';

/** What the figures of a finished run show. @throws InputError `unfinished-run` */
export async function figuresOfRun(
  folder: RunFolder,
  data: RunData,
  { split, ...options }: Omit<FigureOptions, 'seed'> & { readonly split: SplitPart },
): Promise<FigureData> {
  const config = await folder.config();
  const values = await folder.finished('stage2', config.stage2.steps);
  const model = new ModelVariables(runArchitecture(config, data), values);
  const source = { dataset: data.dataset, whole: () => data.whole(split) };
  try {
    return await gatherFigures(model, source, { ...options, seed: config.seed });
  } finally {
    model.dispose();
  }
}
