import type { Architecture } from '../model/architecture.ts';
import { bankNoise, sampleNoise } from '../model/noise.ts';
import type { Encoding } from './engine.ts';

/** z = μ + σ·ε. @param noise ε, [N·D] @returns [N] vectors of D */
function reparameterised({ mu, logSigma }: Pick<Encoding, 'mu' | 'logSigma'>, noise: Float32Array) {
  const latent = mu.length;
  const sigma = logSigma.map(Math.exp);
  return Array.from({ length: noise.length / latent }, (_, i) =>
    mu.map((m, d) => m + (sigma[d] as number) * (noise[i * latent + d] as number)),
  );
}

/**
 * The latent vector of each persona: cross-attention of its head's query against the prior bank of M vectors that the
 * seed draws, z_e = softmax(q·Kᵀ) Z. The keys K are the bank, or the bank standardised, which is the noise itself.
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
  const noise = bankNoise(seed, bankSize, latent);
  const bank = reparameterised(encoding, noise);
  return Array.from({ length: encoding.queries.length / latent }, (_, persona) => {
    const query = encoding.queries.subarray(persona * latent, (persona + 1) * latent);
    const scores = bank.map((z, i) => {
      const key = keys === 'raw' ? z : noise.subarray(i * latent, (i + 1) * latent);
      return query.reduce((sum, q, d) => sum + q * (key[d] as number), 0);
    });
    return weightedMean(bank, scores);
  });
}

/** softmax(scores)·vectors */
function weightedMean(vectors: readonly Float32Array[], scores: readonly number[]): Float32Array {
  const most = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = scores.map((score) => Math.exp(score - most));
  const total = weights.reduce((a, b) => a + b, 0);
  const sums = new Float64Array(vectors[0]?.length ?? 0);
  for (const [i, vector] of vectors.entries()) {
    for (const [d, value] of vector.entries()) sums[d] = (sums[d] as number) + (weights[i] as number) * value;
  }
  return Float32Array.from(sums, (sum) => sum / total);
}

/** The latent vectors of so many diversified samples: draws from the prior. The first k do not depend on how many. */
export function sampleLatents(encoding: Encoding, samples: number, seed: number): Float32Array[] {
  return reparameterised(encoding, sampleNoise(seed, samples, encoding.mu.length));
}
