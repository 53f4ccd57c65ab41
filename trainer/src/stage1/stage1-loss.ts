import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import type { BatchStatistics } from '@d-persona/shared/model/batch-statistics.ts';
import { decode, decoderImagePart } from '@d-persona/shared/model/decoder.ts';
import { posterior, prior, priorBank } from '@d-persona/shared/model/gaussian.ts';
import { unet } from '@d-persona/shared/model/unet.ts';
import type { Weights } from '@d-persona/shared/model/weights.ts';
import * as tf from '@tensorflow/tfjs-core';
import { boundLoss } from '../losses/bound-loss.ts';
import { klDivergence, klWithFreeBits } from '../losses/kl-divergence.ts';
import { segmentationLoss } from '../losses/segmentation-loss.ts';
import { weightNorms } from '../losses/weight-norms.ts';
import type { Stage1Settings } from './settings.ts';

/** One batch and its random numbers, explicit so that an independent implementation can replay them. */
export interface Stage1Inputs {
  /** x [N,H,W,C], standardised. */
  readonly images: tf.Tensor4D;
  /** What the posterior sees: all masks [N,H,W,R], a missing one zero, or the drawn rater's [N,H,W,1]. */
  readonly posteriorMasks: tf.Tensor4D;
  /** y_r, union and intersection, each [N,H,W,1]. */
  readonly drawn: tf.Tensor4D;
  readonly union: tf.Tensor4D;
  readonly intersection: tf.Tensor4D;
  /** ε of the posterior sample [N,1,D] and of the bound loss' prior samples [N,S,D]. */
  readonly posteriorNoise: tf.Tensor3D;
  readonly boundNoise: tf.Tensor3D;
}

/** The terms of Stage I, each a scalar. `total` is differentiated. */
export interface Stage1Loss {
  readonly total: tf.Scalar;
  readonly reconstruction: tf.Scalar;
  readonly kl: tf.Scalar;
  readonly bound: tf.Scalar;
}

/** Prior, posterior and all but the last layer of the decoder are held small by Σ‖W‖₂. */
function regularised(weights: Weights): tf.Tensor[] {
  return [...weights]
    .filter(([name]) => /^(prior|posterior|decoder\/(first|hidden\d))\//.test(name))
    .map(([, tensor]) => tensor);
}

/**
 * Stage I: L = L_seg(decoder(x, z_q), y_r) + w·KL(q‖p) + β·L_bound + λ·Σ‖W‖₂ (paper, Eqs. 1–5).
 * z_q is one reparameterised *posterior* sample (the authors' code reconstructed from the prior until a late fix).
 *
 * @param statistics is told what the U-Net's BatchNorm layers saw, if it has any: they are in training mode
 */
export function stage1Loss(
  weights: Weights,
  architecture: Architecture,
  inputs: Stage1Inputs,
  settings: Stage1Settings,
  statistics: BatchStatistics,
): Stage1Loss {
  const { images, drawn, union, intersection } = inputs;
  const imagePart = decoderImagePart(weights, unet(weights, architecture, images, statistics));
  const p = prior(weights, architecture, images);
  const q = posterior(weights, architecture, images, inputs.posteriorMasks);

  const zq = tf.squeeze(priorBank(q, inputs.posteriorNoise), [1]) as tf.Tensor2D;
  const reconstruction = segmentationLoss(decode(weights, imagePart, zq), drawn, settings.loss);
  const kl = tf.mean(klDivergence(q, p)) as tf.Scalar;
  const costly = settings.freeBits ? klWithFreeBits(q, p, settings.freeBits) : kl;
  const bound =
    settings.beta === 0
      ? tf.scalar(0)
      : boundLoss(weights, imagePart, priorBank(p, inputs.boundNoise), union, intersection, settings.loss);

  const total = tf.addN([
    reconstruction,
    tf.mul(settings.klWeight, costly),
    tf.mul(settings.beta, bound),
    tf.mul(settings.weightNorms, weightNorms(regularised(weights))),
  ]) as tf.Scalar;
  return { total, reconstruction, kl, bound };
}
