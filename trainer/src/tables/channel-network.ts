import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { featureChannels } from '@d-persona/shared/model/architecture.ts';
import { BatchStatistics } from '@d-persona/shared/model/batch-statistics.ts';
import { type WeightSpec, weightSpecs } from '@d-persona/shared/model/weights.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { consensusLogits } from '../consensus/consensus-task.ts';
import type { Batch } from '../data/batch.ts';
import { imagesOf } from '../evaluation/predict.ts';
import { segmentationLoss } from '../losses/segmentation-loss.ts';
import { initialWeight } from '../model/initialise-weights.ts';
import type { WeightValues } from '../model/model-variables.ts';
import { differentiate } from '../run/differentiate.ts';
import type { StageTask } from '../run/task.ts';
import type { Stage1Settings } from '../stage1/settings.ts';

/** A deterministic peer: U-Net and decoder of the same size, latent held at zero, with one output for each rater. */
export class ChannelNetwork {
  readonly architecture: Architecture;
  /** Indices of the raters that it answers for. */
  readonly raters: readonly number[];
  readonly weights: ReadonlyMap<string, tf.Variable>;
  /** The weights that gradients train: no running statistics. */
  readonly trainable: ReadonlyMap<string, tf.Variable>;

  constructor(architecture: Architecture, raters: readonly number[], seed: number) {
    this.architecture = architecture;
    this.raters = raters;
    const random = new Random(seed);
    this.weights = new Map(
      specsOf(architecture, raters.length).map((spec) => [
        spec.name,
        tf.tidy(() =>
          tf.variable(tf.tensor(initialWeight(spec, random), [...spec.shape]), spec.statistic !== true),
        ),
      ]),
    );
    this.trainable = new Map([...this.weights].filter(([, { trainable }]) => trainable));
  }

  values(): Map<string, Float32Array> {
    return new Map([...this.weights].map(([name, value]) => [name, value.dataSync<'float32'>().slice()]));
  }

  assign(values: WeightValues): void {
    for (const [name, variable] of this.weights) {
      tf.tidy(() => variable.assign(tf.tensor(values.get(name) as Float32Array, variable.shape)));
    }
  }

  dispose(): void {
    tf.dispose([...this.weights.values()]);
  }

  /** Probabilities of each rater it answers for: [image][rater] of H·W. */
  maps(batch: Batch): Float32Array[][] {
    const images = imagesOf(batch);
    const probabilities = tf.tidy(() => tf.sigmoid(consensusLogits(this.weights, this.architecture, images)));
    const values = probabilities.dataSync<'float32'>();
    tf.dispose([images, probabilities]);
    const k = this.raters.length;
    const pixels = batch.height * batch.width;
    return Array.from({ length: batch.size }, (_, n) =>
      this.raters.map((_, c) =>
        Float32Array.from({ length: pixels }, (_, p) => values[(n * pixels + p) * k + c] as number),
      ),
    );
  }
}

function specsOf(architecture: Architecture, outputs: number): WeightSpec[] {
  return weightSpecs(architecture)
    .filter(({ part }) => part === 'unet' || part === 'decoder')
    .map((spec) => {
      if (spec.name === 'decoder/last/kernel')
        return { ...spec, shape: [1, 1, featureChannels(architecture), outputs] };
      return spec.name === 'decoder/last/bias' ? { ...spec, shape: [outputs] } : spec;
    });
}

/** Trains it on its raters' own masks; a missing mask counts in no loss. Steps and loss are Stage I's. */
export function channelTask(network: ChannelNetwork, settings: Stage1Settings): StageTask {
  const { weights, trainable, architecture, raters } = network;
  return {
    name: 'consensus',
    settings,
    trainable,
    gradient(batch) {
      const { size, height, width } = batch;
      const all = raters.length === batch.raters;
      const pick = (values: Float32Array) =>
        all
          ? values
          : Float32Array.from({ length: (values.length / batch.raters) * raters.length }, (_, i) => {
              const rater = raters[i % raters.length] as number;
              return values[Math.floor(i / raters.length) * batch.raters + rater] as number;
            });
      const x = imagesOf(batch);
      const y = tf.tensor4d(pick(batch.masks), [size, height, width, raters.length]);
      const exists = tf.tensor2d(pick(batch.present), [size, raters.length]);
      const statistics = new BatchStatistics();
      const step = differentiate(trainable, () => ({
        total: segmentationLoss(
          consensusLogits(weights, architecture, x, statistics),
          y,
          settings.loss,
          exists,
        ),
      }));
      statistics.moveRunning(weights);
      tf.dispose([x, y, exists]);
      return step;
    },
  };
}
