import { Random } from '../random.ts';

/** Size M of the prior bank when a persona answers (the paper's 500; 100 in training). */
export const TEST_BANK = 500;

/**
 * ε of the prior bank for a seed: the same for every image, so that two identical requests give one answer
 * (the authors' code draws it afresh at each call).
 *
 * @returns M·D standard normals, [1,M,D] in order
 */
export function bankNoise(seed: number, bank: number, latent: number): Float32Array {
  return new Random(seed).fork('bank').gaussians(bank * latent);
}

/**
 * ε of the diversified samples for a seed, apart from the bank's. Sample i is the same however many are asked for.
 *
 * @returns N·D standard normals, [1,N,D] in order
 */
export function sampleNoise(seed: number, samples: number, latent: number): Float32Array {
  return new Random(seed).fork('samples').gaussians(samples * latent);
}
