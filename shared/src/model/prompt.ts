import * as tf from '@tensorflow/tfjs-core';
import type { Architecture } from './architecture.ts';
import type { Gaussian } from './gaussian.ts';

/**
 * Cross-attention of a persona's query against the prior bank: z_e = softmax(q·Kᵀ) Z, without the usual 1/√D.
 * The keys K are the bank itself (the paper), or the bank standardised, (z − μ)/σ, which keeps the first queries
 * from choosing one extreme vector for everybody.
 *
 * @param query q [N,D]
 * @param bank Z [N,M,D]
 * @param gaussian the prior that the bank was drawn from
 * @returns the persona's prompt z_e [N,D]
 */
export function personaPrompt(
  query: tf.Tensor2D,
  bank: tf.Tensor3D,
  { mu, logSigma }: Gaussian,
  keys: Architecture['keys'],
): tf.Tensor2D {
  return tf.tidy(() => {
    const k: tf.Tensor3D =
      keys === 'raw'
        ? bank
        : tf.mul(tf.sub(bank, tf.expandDims(mu, 1)), tf.expandDims(tf.exp(tf.neg(logSigma)), 1));
    const attention = tf.softmax(tf.sum(tf.mul(k, tf.expandDims(query, 1)), 2));
    return tf.sum(tf.mul(bank, tf.expandDims(attention, 2)), 1);
  });
}
