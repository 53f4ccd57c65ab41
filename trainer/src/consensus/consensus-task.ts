import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { BatchStatistics } from '@d-persona/shared/model/batch-statistics.ts';
import { decode, decoderImagePart } from '@d-persona/shared/model/decoder.ts';
import { unet } from '@d-persona/shared/model/unet.ts';
import type { Weights } from '@d-persona/shared/model/weights.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';
import { type SegmentationLoss, segmentationLoss } from '../losses/segmentation-loss.ts';
import type { ModelVariables } from '../model/model-variables.ts';
import type { Schedule } from '../optimiser/schedule.ts';
import { differentiate } from '../run/differentiate.ts';
import type { StageTask } from '../run/task.ts';

/** The consensus U-Net is trained for as many steps, on the same batches, as Stage I. */
export type ConsensusSettings = Schedule & { readonly batch: number; readonly loss: SegmentationLoss };

/**
 * Logits of the consensus U-Net: the same U-Net and decoder, of the same size, with the latent held at zero.
 * One answer for everybody is what a persona must be measured against.
 *
 * @param images [N,H,W,C]
 * @param statistics there in training mode
 * @returns [N,H,W,1]
 */
export function consensusLogits(
  weights: Weights,
  architecture: Architecture,
  images: tf.Tensor4D,
  statistics?: BatchStatistics,
): tf.Tensor4D {
  const [n] = images.shape;
  const imagePart = decoderImagePart(weights, unet(weights, architecture, images, statistics));
  return decode(weights, imagePart, tf.zeros([n, architecture.latent]));
}

/** The share of the present raters that outlined each pixel. [N,H,W,1] in [0, 1] */
export function meanMask({ masks, present, size, raters }: Batch): Float32Array {
  const pixels = masks.length / (size * raters);
  const mean = new Float32Array(size * pixels);
  for (let n = 0; n < size; n++) {
    const row = present.subarray(n * raters, (n + 1) * raters);
    const count = row.reduce((sum, exists) => sum + exists, 0);
    for (let i = n * pixels; i < (n + 1) * pixels; i++) {
      let votes = 0;
      for (let r = 0; r < raters; r++) votes += (masks[i * raters + r] as number) * (row[r] as number);
      mean[i] = votes / count;
    }
  }
  return mean;
}

/** Training of the consensus U-Net on the raters' mean mask. */
export function consensusTask(model: ModelVariables, settings: ConsensusSettings): StageTask {
  const trainable = model.of('unet', 'decoder');
  return {
    name: 'consensus',
    settings,
    trainable,
    gradient(batch) {
      const { images, size, height, width, channels } = batch;
      const x = tf.tensor4d(images, [size, height, width, channels]);
      const y = tf.tensor4d(meanMask(batch), [size, height, width, 1]);
      const statistics = new BatchStatistics();
      const step = differentiate(trainable, () => ({
        total: segmentationLoss(
          consensusLogits(model.weights, model.architecture, x, statistics),
          y,
          settings.loss,
        ),
      }));
      statistics.moveRunning(model.weights);
      tf.dispose([x, y]);
      return step;
    },
  };
}
