import { type Architecture, headWidths } from '@d-persona/shared/model/architecture.ts';
import type { DropoutMasks } from '@d-persona/shared/model/head.ts';
import type { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Channel masks of every head for one batch (dropout2d, inverted: kept channels are scaled by 1/(1 − p)).
 * The caller disposes them.
 *
 * @returns for each persona, for each stage, [N,1,1,width]
 */
export function drawDropout(architecture: Architecture, images: number, random: Random): DropoutMasks[] {
  const { dropout } = architecture.head;
  return Array.from({ length: architecture.personas }, () =>
    headWidths(architecture).map((width) => {
      const kept = Float32Array.from({ length: images * width }, () =>
        random.uniform() < dropout ? 0 : 1 / (1 - dropout),
      );
      return tf.tensor4d(kept, [images, 1, 1, width]);
    }),
  );
}
