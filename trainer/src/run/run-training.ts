import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { consensusTask } from '../consensus/consensus-task.ts';
import { ModelVariables } from '../model/model-variables.ts';
import { stage1Task } from '../stage1/stage1-task.ts';
import { stage2Task } from '../stage2/stage2-task.ts';
import type { RunConfig } from './config.ts';
import type { Progress } from './progress.ts';
import type { RunData } from './run-data.ts';
import type { RunFolder } from './run-folder.ts';
import { startWeights } from './start-weights.ts';
import { type StageContext, trainStage } from './train-stage.ts';
import { validate } from './validate.ts';

/** The architecture of a run: what its config says, with the channels and raters that its data has. */
export function runArchitecture({ architecture }: RunConfig, { dataset }: RunData): Architecture {
  return { ...architecture, channels: dataset.channels, personas: dataset.raters.length };
}

/**
 * Trains a run to its end: Stage I, Stage II, and the consensus U-Net. What is finished is not done again, what was
 * stopped resumes.
 *
 * @throws Interrupted when the signal aborts; InputError as of {@link RunFolder.begin} and checkpoints
 */
export async function runTraining(
  config: RunConfig,
  folder: RunFolder,
  data: RunData,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  await folder.begin(config);
  const architecture = runArchitecture(config, data);
  const context = (model: ModelVariables): StageContext => ({
    folder: folder.path,
    seed: config.seed,
    checkpointEvery: config.checkpointEvery,
    progress,
    signal,
    batches: (task, fromStep) => data.training(task, fromStep),
    validate: ({ name }) => validate(name, model, data),
  });

  const model = new ModelVariables(architecture, await startWeights(architecture, config, 'stage1'));
  await trainStage(stage1Task(model, config.stage1), model, context(model));
  await trainStage(stage2Task(model, config.stage2), model, context(model));
  model.dispose();

  if (!config.consensus) return;
  const consensus = new ModelVariables(architecture, await startWeights(architecture, config, 'consensus'));
  await trainStage(consensusTask(consensus, config.stage1), consensus, context(consensus));
  consensus.dispose();
}
