import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';

/** How a segmentation is compared with a mask in training. */
export const segmentationLossSchema = z.strictObject({
  dice: z
    .enum(['pooled', 'per-image'])
    .meta({ description: 'Overlap summed over the whole batch (the paper), or averaged over images' }),
  background: z
    .boolean()
    .meta({ description: 'Add the background as a second channel where there is one channel (the paper)' }),
  crossEntropy: z
    .number()
    .min(0)
    .meta({ description: 'Weight of the cross-entropy beside the Dice loss (paper: 0)' }),
});

export type SegmentationLoss = z.infer<typeof segmentationLossSchema>;

/** Keeps empty against empty at Dice 1. */
const EPSILON = 1e-5;

/** [N,H,W,K] summed over pixels: [N,K] */
function sumPixels(x: tf.Tensor4D): tf.Tensor2D {
  return tf.sum(x, [1, 2]);
}

/** Mean of per-channel losses over the channels that exist. @param weight of each, 0 drops it */
function weightedMean(losses: tf.Tensor, weight: tf.Tensor): tf.Scalar {
  return tf.div(tf.sum(tf.mul(losses, weight)), tf.maximum(tf.sum(weight), 1));
}

/** 1 − Dice from sums over pixels, all [N,K]. */
function diceLossOfSums(
  overlap: tf.Tensor2D,
  total: tf.Tensor2D,
  weight: tf.Tensor2D,
  pooled: boolean,
): { losses: tf.Tensor; weight: tf.Tensor } {
  const dice = (i: tf.Tensor, t: tf.Tensor) => tf.div(tf.add(tf.mul(i, 2), EPSILON), tf.add(t, EPSILON));
  if (!pooled) return { losses: tf.sub(1, dice(overlap, total)), weight };
  const pool = (x: tf.Tensor2D) => tf.sum(tf.mul(x, weight), 0);
  return { losses: tf.sub(1, dice(pool(overlap), pool(total))), weight: tf.max(weight, 0) };
}

/**
 * Soft Dice loss of sigmoid outputs: 1 − (2·Σpy + ε) / (Σp + Σy + ε), averaged over channels (and images, where it is
 * not pooled). The authors call it generalised Dice; in their code the class weights cancel.
 *
 * @param logits [N,H,W,K]
 * @param target [N,H,W,K] in [0, 1]
 * @param weight [N,K], 0 drops a channel of an image (a missing rater); absent: all count
 * @returns scalar in [0, 1]
 */
export function softDiceLoss(
  logits: tf.Tensor4D,
  target: tf.Tensor4D,
  { dice, background }: SegmentationLoss,
  weight?: tf.Tensor2D,
): tf.Scalar {
  const [n, height, width, channels] = logits.shape;
  const p = tf.sigmoid(logits) as tf.Tensor4D;
  const w = weight ?? tf.ones<tf.Rank.R2>([n, channels]);
  const overlap = sumPixels(tf.mul(p, target));
  const total = tf.add(sumPixels(p), sumPixels(target)) as tf.Tensor2D;
  const pooled = dice === 'pooled';
  const foreground = diceLossOfSums(overlap, total, w, pooled);
  if (!background || channels > 1) return weightedMean(foreground.losses, foreground.weight);
  // Σ(1−p)(1−y) and Σ(1−p) + Σ(1−y) follow from the same sums.
  const pixels = height * width;
  const backOverlap = tf.sub(tf.add(overlap, pixels), total) as tf.Tensor2D;
  const back = diceLossOfSums(backOverlap, tf.sub(2 * pixels, total), w, pooled);
  return weightedMean(tf.stack([foreground.losses, back.losses]), tf.stack([foreground.weight, back.weight]));
}

/**
 * Binary cross-entropy of logits, averaged over pixels, images and channels: softplus(l) − l·y.
 *
 * @param logits [N,H,W,K]
 * @param target [N,H,W,K] in [0, 1]
 * @param weight [N,K]
 */
export function crossEntropyLoss(logits: tf.Tensor4D, target: tf.Tensor4D, weight?: tf.Tensor2D): tf.Scalar {
  const [n, , , channels] = logits.shape;
  const losses = tf.mean(tf.sub(tf.softplus(logits), tf.mul(logits, target)), [1, 2]);
  return weightedMean(losses, weight ?? tf.ones([n, channels]));
}

/** Dice loss and, where the settings ask for it, cross-entropy. Shapes as in {@link softDiceLoss}. */
export function segmentationLoss(
  logits: tf.Tensor4D,
  target: tf.Tensor4D,
  settings: SegmentationLoss,
  weight?: tf.Tensor2D,
): tf.Scalar {
  const dice = softDiceLoss(logits, target, settings, weight);
  if (settings.crossEntropy === 0) return dice;
  return tf.add(dice, tf.mul(settings.crossEntropy, crossEntropyLoss(logits, target, weight)));
}
