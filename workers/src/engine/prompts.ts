import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { priorBank } from '@d-persona/shared/model/gaussian.ts';
import { personaPrompt } from '@d-persona/shared/model/prompt.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Encoding } from './encoding.ts';
import { takeValues } from './tensors.ts';

/** μ and log σ as tensors [1,D], to be used in a tidy. */
function gaussianOf({ mu, logSigma }: Encoding) {
  return { mu: tf.tensor2d(mu, [1, mu.length]), logSigma: tf.tensor2d(logSigma, [1, mu.length]) };
}

/** Rows of a matrix that is kept row by row. */
function rows(values: Float32Array, columns: number): Float32Array[] {
  return Array.from({ length: values.length / columns }, (_, i) =>
    values.slice(i * columns, (i + 1) * columns),
  );
}

/**
 * The latent vector of each persona: its head's query against the prior bank of M vectors that the seed draws.
 *
 * @returns [R] vectors of D
 */
export function personaLatents(
  encoding: Encoding,
  keys: Architecture['keys'],
  bankSize: number,
  seed: number,
): Float32Array[] {
  const latent = encoding.mu.length;
  const prompts = tf.tidy(() => {
    const gaussian = gaussianOf(encoding);
    const noise = new Random(seed).gaussians(bankSize * latent);
    const bank = priorBank(gaussian, tf.tensor3d(noise, [1, bankSize, latent]));
    const queries = tf.tensor2d(encoding.queries, [encoding.queries.length / latent, latent]);
    return personaPrompt(queries, bank, gaussian, keys);
  });
  return rows(takeValues(prompts), latent);
}

/** The latent vectors of so many diversified samples: draws from the prior. The first k do not depend on how many. */
export function sampleLatents(encoding: Encoding, samples: number, seed: number): Float32Array[] {
  if (samples === 0) return [];
  const latent = encoding.mu.length;
  const drawn = tf.tidy(() => {
    const noise = new Random(seed).fork('samples').gaussians(samples * latent);
    return priorBank(gaussianOf(encoding), tf.tensor3d(noise, [1, samples, latent]));
  });
  return rows(takeValues(drawn), latent);
}
