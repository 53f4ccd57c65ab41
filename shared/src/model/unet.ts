import * as tf from '@tensorflow/tfjs-core';
import type { Architecture } from './architecture.ts';
import type { BatchStatistics } from './batch-statistics.ts';
import { averagePool, convolutionBlock } from './convolution.ts';
import { residualUnet } from './residual-unet.ts';
import type { Weights } from './weights.ts';

/**
 * The contracting path: a block for each level, 2×2 average pooling between them.
 *
 * @param name of the network it belongs to: `unet`, `prior` or `posterior`
 * @param x [N,H,W,C]
 * @returns the output of each level, finest first: [N,⌈H/2ˡ⌉,⌈W/2ˡ⌉,widths[l]]
 */
export function contractingPath(
  weights: Weights,
  { widths }: Architecture,
  name: string,
  x: tf.Tensor4D,
): tf.Tensor4D[] {
  const levels: tf.Tensor4D[] = [];
  for (const level of widths.keys()) {
    const finer = levels.at(-1);
    levels.push(
      convolutionBlock(weights, `${name}/down/${level}`, finer === undefined ? x : averagePool(finer)),
    );
  }
  return levels;
}

/** Bilinear ×2 with align corners, cropped to the skip's size where pooling rounded an odd size up. */
function upsampleTo(x: tf.Tensor4D, skip: tf.Tensor4D): tf.Tensor4D {
  const [n, height, width, channels] = x.shape;
  const doubled = tf.image.resizeBilinear(x, [2 * height, 2 * width], true);
  const [, skipHeight, skipWidth] = skip.shape;
  return skipHeight === 2 * height && skipWidth === 2 * width
    ? doubled
    : tf.slice(doubled, [0, 0, 0, 0], [n, skipHeight, skipWidth, channels]);
}

/**
 * The U-Net, of either backbone: image to feature map.
 *
 * @param x [N,H,W,C], standardised
 * @param statistics there in training mode, which only the backbone `resnet34` tells from inference
 * @returns features [N,H,W,F]
 */
export function unet(
  weights: Weights,
  architecture: Architecture,
  x: tf.Tensor4D,
  statistics?: BatchStatistics,
): tf.Tensor4D {
  if (architecture.backbone === 'resnet34') return residualUnet(weights, architecture, x, statistics);
  const levels = contractingPath(weights, architecture, 'unet', x);
  let y = levels.at(-1) as tf.Tensor4D;
  for (let level = levels.length - 2; level >= 0; level--) {
    const skip = levels[level] as tf.Tensor4D;
    y = convolutionBlock(weights, `unet/up/${level}`, tf.concat([upsampleTo(y, skip), skip], 3));
  }
  return y;
}
