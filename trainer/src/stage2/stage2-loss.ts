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

/** Queries of all personas' heads, each [N,D]. @param dropout channel masks of each persona's head, in training */
export function personaQueries(
  weights: Weights,
  architecture: Architecture,
  { features }: FrozenBatch,
  dropout?: readonly DropoutMasks[],
): tf.Tensor2D[] {
  return Array.from({ length: architecture.personas }, (_, persona) =>
    personaQuery(weights, architecture, persona, features, dropout?.[persona]),
  );
}

/** Logits of all personas: the decoder at each one's prompt. [N,H,W,R] @param queries of each, [N,D] */
export function personaLogits(
  weights: Weights,
  { keys }: Architecture,
  { imagePart, bank, prior }: FrozenBatch,
  queries: readonly tf.Tensor2D[],
): tf.Tensor4D {
  return tf.concat(
    queries.map((query) => decode(weights, imagePart, personaPrompt(query, bank, prior, keys))),
    3,
  );
}

/** ½|q|² averaged over images and personas: with standardised keys, KL of the tilted prior N(μ + σq, σ²) from the prior. */
function queryDivergence(queries: readonly tf.Tensor2D[]): tf.Scalar {
  return tf.mul(0.5, tf.mean(tf.sum(tf.square(tf.stack([...queries])), 2)));
}

/** The terms of Stage II, each a scalar. `total` is differentiated. */
export interface Stage2Loss {
  readonly total: tf.Scalar;
  readonly segmentation: tf.Scalar;
  readonly query: tf.Scalar;
}

/**
 * Stage II: L = L_seg([persona 1..R], [y_1..y_R]) + w·½|q|² with everything frozen but the heads (paper, Eqs. 6–8; w = 0).
 * Without the second term a query can grow without bound: its attention then is one extreme vector of the bank, and
 * the persona depends on which bank was drawn.
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
  { loss, queryWeight }: Stage2Settings,
  dropout?: readonly DropoutMasks[],
): Stage2Loss {
  const queries = personaQueries(weights, architecture, frozen, dropout);
  const logits = personaLogits(weights, architecture, frozen, queries);
  const segmentation = segmentationLoss(logits, masks, loss, present);
  const query = queryDivergence(queries);
  return { total: tf.add(segmentation, tf.mul(queryWeight, query)), segmentation, query };
}
