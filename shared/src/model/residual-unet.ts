import * as tf from '@tensorflow/tfjs-core';
import { type Architecture, residualSizes } from './architecture.ts';
import { foldedConvolution, normaliseByBatch } from './batch-norm.ts';
import type { BatchStatistics } from './batch-statistics.ts';
import { convolution } from './convolution.ts';
import { hasShortcut, layerName } from './residual-layers.ts';
import { doubleNearest, maxPool, stemConvolution, subsample } from './strided.ts';
import { type Weights, weight } from './weights.ts';

/** What every layer of a pass has in common. */
interface Pass {
  readonly weights: Weights;
  /** There in training mode. */
  readonly statistics: BatchStatistics | undefined;
}

/** Convolution, BatchNorm, and ReLU where it is asked for. @param stride 2 keeps every second row and column */
function layer(
  { weights, statistics }: Pass,
  name: string,
  x: tf.Tensor4D,
  relu: boolean,
  stride = 1,
): tf.Tensor4D {
  const activation = relu ? 'relu' : 'linear';
  const convolve = (kernel: tf.Tensor4D, bias?: tf.Tensor1D) => {
    const [size] = kernel.shape;
    const own = bias === undefined ? 'linear' : activation;
    if (size === 7) return stemConvolution(x, kernel, bias, own);
    if (stride === 1) return convolution(x, kernel, bias, own);
    if (size === 1) return convolution(subsample(x), kernel, bias, own);
    return subsample(convolution(x, kernel, bias, own));
  };
  if (statistics === undefined) {
    const { kernel, bias } = foldedConvolution(weights, name);
    return convolve(kernel, bias);
  }
  const y = convolve(weight<tf.Tensor4D>(weights, `${name}/kernel`));
  return normaliseByBatch(weights, name, y, relu, statistics);
}

/** Two convolutions beside a shortcut: relu(f(x) + x). [N,H,W,from] → [N,⌈H/stride⌉,⌈W/stride⌉,to] */
function residualBlock(pass: Pass, stage: number, block: number, x: tf.Tensor4D, to: number): tf.Tensor4D {
  const from = x.shape[3];
  const stride = stage > 0 && block === 0 ? 2 : 1;
  const first = layer(pass, layerName.block(stage, block, 'conv0'), x, true, stride);
  const second = layer(pass, layerName.block(stage, block, 'conv1'), first, false);
  const shortcut = hasShortcut(stage, block, from, to)
    ? layer(pass, layerName.block(stage, block, 'shortcut'), x, false, stride)
    : x;
  return tf.relu(tf.add(second, shortcut));
}

/** Nearest ×2, cropped to a size where halving rounded an odd one up. */
function doubledTo(x: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const doubled = doubleNearest(x);
  const [n, rows, columns, channels] = doubled.shape;
  return rows === height && columns === width
    ? doubled
    : tf.slice(doubled, [0, 0, 0, 0], [n, height, width, channels]);
}

/**
 * The residual U-Net: `Unet('resnet34')` of segmentation_models_pytorch, whose features are the decoder's last map.
 *
 * @param x [N,H,W,C], standardised
 * @param statistics there in training mode: BatchNorm then uses the batch's statistics, and tells it
 * @returns features [N,H,W,F]
 */
export function residualUnet(
  weights: Weights,
  architecture: Architecture,
  x: tf.Tensor4D,
  statistics: BatchStatistics | undefined,
): tf.Tensor4D {
  const { blocks, widths, decoder } = residualSizes(architecture);
  const pass = { weights, statistics };
  const stem = layer(pass, layerName.stem, x, true);
  const levels = [stem];
  let y = maxPool(stem);
  for (const [stage, count] of blocks.entries()) {
    for (let block = 0; block < count; block++)
      y = residualBlock(pass, stage, block, y, widths[stage] as number);
    levels.push(y);
  }
  for (let level = decoder.length - 1; level >= 0; level--) {
    const skip = level === 0 ? undefined : (levels[level - 1] as tf.Tensor4D);
    const [, height, width] = (skip ?? x).shape;
    const doubled = doubledTo(y, height, width);
    const joined = skip === undefined ? doubled : tf.concat([doubled, skip], 3);
    y = layer(pass, layerName.up(level, 1), layer(pass, layerName.up(level, 0), joined, true), true);
  }
  return y;
}
