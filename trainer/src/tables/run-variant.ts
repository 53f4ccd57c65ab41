import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { consensusTask } from '../consensus/consensus-task.ts';
import { ModelVariables } from '../model/model-variables.ts';
import type { RunConfig } from '../run/config.ts';
import type { Progress } from '../run/progress.ts';
import type { RunData } from '../run/run-data.ts';
import { RunFolder } from '../run/run-folder.ts';
import { runArchitecture } from '../run/run-training.ts';
import { startWeights } from '../run/start-weights.ts';
import type { StageTask } from '../run/task.ts';
import { type StageContext, trainStage } from '../run/train-stage.ts';
import { validate } from '../run/validate.ts';
import { stage1Task } from '../stage1/stage1-task.ts';
import { stage2Task } from '../stage2/stage2-task.ts';
import { ChannelNetwork, channelTask } from './channel-network.ts';
import { type PromptKind, PromptNetwork } from './prompt-network.ts';
import type { Training } from './variants.ts';

/** One training of a table: what, with which settings, on which patients, where. */
export interface VariantRun {
  readonly training: Training;
  readonly config: RunConfig;
  readonly data: RunData;
  readonly folder: string;
  /** Folder of the run whose finished Stage I is taken; null where it trains its own. */
  readonly stage1: string | null;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A trained variant, to be asked. The holder calls `dispose`. */
export type TrainedVariant =
  | { readonly training: 'd-persona' | 'consensus'; readonly network: ModelVariables }
  | { readonly training: PromptKind; readonly network: PromptNetwork }
  | { readonly training: 'rater-unets' | 'channels'; readonly networks: readonly ChannelNetwork[] };

type Trained = {
  values(): Map<string, Float32Array>;
  assign(values: ReadonlyMap<string, Float32Array>): void;
};

/** Takes over the last checkpoint of another run's Stage I, so that both rows have the very same one. */
async function takeStage1(from: string, to: string, steps: number): Promise<void> {
  const file = `stage1-${String(steps).padStart(8, '0')}.ckpt`;
  await mkdir(join(to, 'checkpoints'), { recursive: true });
  await copyFile(join(from, 'checkpoints', file), join(to, 'checkpoints', file));
}

/**
 * Trains a variant, or goes on with it, or does nothing where it has finished.
 *
 * @throws Interrupted when the signal aborts; InputError as of run folders and checkpoints
 */
export async function runVariant(run: VariantRun): Promise<TrainedVariant> {
  const { training, config, data, folder, stage1, progress, signal } = run;
  await new RunFolder(folder).begin(config);
  if (stage1 !== null) await takeStage1(stage1, folder, config.stage1.steps);
  const architecture: Architecture = runArchitecture(config, data);
  const train = (task: StageTask, model: Trained, at = folder, network?: ModelVariables) =>
    trainStage(task, model, {
      folder: at,
      seed: config.seed,
      checkpointEvery: config.checkpointEvery,
      progress,
      signal,
      batches: (each, fromStep) => data.training(each, fromStep),
      validate: async ({ name }) => (network === undefined ? {} : validate(name, network, data)),
    } satisfies StageContext);

  switch (training) {
    case 'd-persona': {
      const model = new ModelVariables(architecture, await startWeights(architecture, config, 'stage1'));
      await train(stage1Task(model, config.stage1), model, folder, model);
      await train(stage2Task(model, config.stage2), model, folder, model);
      return { training, network: model };
    }
    case 'closed-form':
    case 'codes':
    case 'last-layers':
    case 'residual': {
      const values = await new RunFolder(folder).finished('stage1', config.stage1.steps);
      const network = new PromptNetwork(architecture, training, values);
      await train(network.task(config.stage2), network);
      return { training, network };
    }
    case 'consensus': {
      const model = new ModelVariables(architecture, await startWeights(architecture, config, 'consensus'));
      await train(consensusTask(model, config.stage1), model);
      return { training, network: model };
    }
    case 'channels': {
      const raters = data.dataset.raters.map((_, r) => r);
      const network = new ChannelNetwork(architecture, raters, config.seed);
      await train(channelTask(network, config.stage1), network);
      return { training, networks: [network] };
    }
    case 'rater-unets': {
      const networks = data.dataset.raters.map((_, r) => new ChannelNetwork(architecture, [r], config.seed));
      for (const [r, network] of networks.entries()) {
        await train(channelTask(network, config.stage1), network, join(folder, `rater-${r + 1}`));
      }
      return { training, networks };
    }
  }
}

export function disposeVariant(trained: TrainedVariant): void {
  const networks = 'networks' in trained ? trained.networks : [trained.network];
  for (const network of networks) network.dispose();
}
