import * as tf from '@tensorflow/tfjs-core';
import type { Architecture } from './architecture.ts';
import { namedConvolution } from './convolution.ts';
import { contractingPath } from './unet.ts';
import type { Weights } from './weights.ts';

/** A diagonal Gaussian over the latent space for each image: μ and log σ, both [N,D]. */
export interface Gaussian {
  readonly mu: tf.Tensor2D;
  readonly logSigma: tf.Tensor2D;
}

/** |log σ| is held below this, so that exp never overflows: the authors' NaN guard could not work. */
export const LOG_SIGMA_LIMIT = 10;

/** Contracting path, global mean, 1×1 convolution to 2D numbers: μ and log σ. */
function gaussian(weights: Weights, architecture: Architecture, name: string, x: tf.Tensor4D): Gaussian {
  const { latent } = architecture;
  const deepest = contractingPath(weights, architecture, name, x).at(-1) as tf.Tensor4D;
  const pooled = tf.mean(deepest, [1, 2], true) as tf.Tensor4D;
  const out = tf.reshape(namedConvolution(weights, `${name}/out`, pooled, 'linear'), [
    -1,
    2 * latent,
  ]) as tf.Tensor2D;
  return {
    mu: tf.slice(out, [0, 0], [-1, latent]),
    logSigma: tf.clipByValue(tf.slice(out, [0, latent], [-1, latent]), -LOG_SIGMA_LIMIT, LOG_SIGMA_LIMIT),
  };
}

/** The prior p(z|x). @param x [N,H,W,C] */
export function prior(weights: Weights, architecture: Architecture, x: tf.Tensor4D): Gaussian {
  return gaussian(weights, architecture, 'prior', x);
}

/**
 * The posterior q(z|x,y), which only training uses.
 *
 * @param x [N,H,W,C]
 * @param masks [N,H,W,R] of all raters (a missing one is zero), or [N,H,W,1]: see {@link Architecture} `posterior`
 */
export function posterior(
  weights: Weights,
  architecture: Architecture,
  x: tf.Tensor4D,
  masks: tf.Tensor4D,
): Gaussian {
  return gaussian(weights, architecture, 'posterior', tf.concat([x, masks], 3));
}

/**
 * The prior bank Z = {z_1 … z_M}, or any other reparameterised samples: z = μ + σ·ε.
 *
 * @param noise ε [N,M,D], standard normal
 * @returns [N,M,D]
 */
export function priorBank({ mu, logSigma }: Gaussian, noise: tf.Tensor3D): tf.Tensor3D {
  return tf.add(tf.expandDims(mu, 1), tf.mul(tf.expandDims(tf.exp(logSigma), 1), noise));
}
