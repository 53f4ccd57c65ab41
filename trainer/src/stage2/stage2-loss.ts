import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { decode, decoderImagePart } from '@d-persona/shared/model/decoder.ts';
import { type Gaussian, prior, priorBank } from '@d-persona/shared/model/gaussian.ts';
import { type DropoutMasks, personaQuery } from '@d-persona/shared/model/head.ts';
import { personaPrompt } from '@d-persona/shared/model/prompt.ts';
import { unet } from '@d-persona/shared/model/unet.ts';
import type { Weights } from '@d-persona/shared/model/weights.ts';
import * as tf from '@tensorflow/tfjs-core';
import { segmentationLoss } from '../losses/segmentation-loss.ts';
import type { Stage2Settings } from './settings.ts';

/** What the frozen networks give for a batch: computed outside differentiation. The caller disposes it. */
export interface FrozenBatch {
  /** Features [N,H,W,F] and W_f·features [N,H,W,F]. */
  readonly features: tf.Tensor4D;
  readonly imagePart: tf.Tensor4D;
  readonly prior: Gaussian;
  /** Z [N,M,D] */
  readonly bank: tf.Tensor3D;
}

/** Features, prior and bank of a batch. @param noise ε [N,M,D] */
export function frozenBatch(
  weights: Weights,
  architecture: Architecture,
  images: tf.Tensor4D,
  noise: tf.Tensor3D,
): FrozenBatch {
  const features = tf.tidy(() => unet(weights, architecture, images));
  const { mu, logSigma } = tf.tidy(() => ({ ...prior(weights, architecture, images) }));
  return {
    features,
    imagePart: decoderImagePart(weights, features),
    prior: { mu, logSigma },
    bank: tf.tidy(() => priorBank({ mu, logSigma }, noise)),
  };
}

/** Releases a frozen batch. */
export function disposeFrozen({ features, imagePart, prior, bank }: FrozenBatch): void {
  tf.dispose([features, imagePart, prior.mu, prior.logSigma, bank]);
}

/** Logits of all personas. [N,H,W,R] @param dropout channel masks of each persona's head, in training */
export function personaLogits(
  weights: Weights,
  architecture: Architecture,
  frozen: FrozenBatch,
  dropout?: readonly DropoutMasks[],
): tf.Tensor4D {
  const { features, imagePart, bank } = frozen;
  const personas = Array.from({ length: architecture.personas }, (_, persona) => {
    const query = personaQuery(weights, architecture, persona, features, dropout?.[persona]);
    return decode(weights, imagePart, personaPrompt(query, bank, frozen.prior, architecture.keys));
  });
  return tf.concat(personas, 3);
}

/**
 * Stage II: L = L_seg([persona 1..R], [y_1..y_R]) with everything frozen but the heads (paper, Eqs. 6–8).
 *
 * @param masks y [N,H,W,R]
 * @param present [N,R], 0 where a rater's mask is missing
 */
export function stage2Loss(
  weights: Weights,
  architecture: Architecture,
  frozen: FrozenBatch,
  masks: tf.Tensor4D,
  present: tf.Tensor2D,
  { loss }: Stage2Settings,
  dropout?: readonly DropoutMasks[],
): tf.Scalar {
  return segmentationLoss(personaLogits(weights, architecture, frozen, dropout), masks, loss, present);
}
