import type { Gaussian } from '@d-persona/shared/model/gaussian.ts';
import * as tf from '@tensorflow/tfjs-core';

/**
 * KL(q‖p) of diagonal Gaussians, summed over the latent dimensions:
 * log σ_p − log σ_q + (σ_q² + (μ_q − μ_p)²) / (2 σ_p²) − ½.
 *
 * @returns [N], ≥ 0
 */
export function klDivergence(q: Gaussian, p: Gaussian): tf.Tensor1D {
  const variance = ({ logSigma }: Gaussian) => tf.exp(tf.mul(logSigma, 2));
  const spread = tf.add(variance(q), tf.square(tf.sub(q.mu, p.mu)));
  const perDimension = tf.sub(
    tf.add(tf.sub(p.logSigma, q.logSigma), tf.div(spread, tf.mul(variance(p), 2))),
    0.5,
  );
  return tf.sum(perDimension, 1);
}
