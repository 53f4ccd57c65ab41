import type { Gaussian } from '@d-persona/shared/model/gaussian.ts';
import * as tf from '@tensorflow/tfjs-core';

/**
 * KL(q‖p) of diagonal Gaussians in each latent dimension: log σ_p − log σ_q + (σ_q² + (μ_q − μ_p)²) / (2 σ_p²) − ½.
 *
 * @returns [N,D], ≥ 0
 */
function klOfDimensions(q: Gaussian, p: Gaussian): tf.Tensor2D {
  const variance = ({ logSigma }: Gaussian) => tf.exp(tf.mul(logSigma, 2));
  const spread = tf.add(variance(q), tf.square(tf.sub(q.mu, p.mu)));
  return tf.sub(tf.add(tf.sub(p.logSigma, q.logSigma), tf.div(spread, tf.mul(variance(p), 2))), 0.5);
}

/** KL(q‖p) of diagonal Gaussians, summed over the latent dimensions. [N], ≥ 0 */
export function klDivergence(q: Gaussian, p: Gaussian): tf.Tensor1D {
  return tf.sum(klOfDimensions(q, p), 1);
}

/**
 * KL with free bits (Kingma et al., 2016): each dimension's mean over the batch costs nothing below λ, so that the
 * posterior may say a little in every dimension.
 *
 * @param free λ, nats a dimension
 */
export function klWithFreeBits(q: Gaussian, p: Gaussian, free: number): tf.Scalar {
  return tf.sum(tf.maximum(tf.mean(klOfDimensions(q, p), 0), free));
}
