import * as tf from '@tensorflow/tfjs-core';
import type { Architecture } from './architecture.ts';
import { decode, decoderImagePart } from './decoder.ts';
import { type Gaussian, prior, priorBank } from './gaussian.ts';
import { personaQuery } from './head.ts';
import { personaPrompt } from './prompt.ts';
import { unet } from './unet.ts';
import type { Weights } from './weights.ts';

/**
 * What is computed once for each image, so that a further persona or sample costs only the decoder: all of it but
 * the image part is a few numbers.
 */
export interface EncodedCase {
  /** W_f·features [N,H,W,F] */
  readonly imagePart: tf.Tensor4D;
  readonly prior: Gaussian;
  /** z_e of each persona [N,R,D] */
  readonly prompts: tf.Tensor3D;
}

/**
 * The encoder, close to the data: features, prior, bank and every persona's prompt. The caller disposes the result.
 *
 * @param images x [N,H,W,C], standardised
 * @param noise ε of the bank [1,M,D] (see `noise.ts`), the same for all images
 */
export function encodeCase(
  weights: Weights,
  architecture: Architecture,
  images: tf.Tensor4D,
  noise: tf.Tensor3D,
): EncodedCase {
  const kept = tf.tidy(() => {
    const features = unet(weights, architecture, images);
    const { mu, logSigma } = prior(weights, architecture, images);
    const bank = priorBank({ mu, logSigma }, noise);
    const prompts = Array.from({ length: architecture.personas }, (_, persona) => {
      const query = personaQuery(weights, architecture, persona, features);
      return personaPrompt(query, bank, { mu, logSigma }, architecture.keys);
    });
    return { imagePart: decoderImagePart(weights, features), mu, logSigma, prompts: tf.stack(prompts, 1) };
  });
  return {
    imagePart: kept.imagePart,
    prior: { mu: kept.mu, logSigma: kept.logSigma },
    prompts: kept.prompts as tf.Tensor3D,
  };
}

/** Releases an encoded case. */
export function disposeCase({ imagePart, prior, prompts }: EncodedCase): void {
  tf.dispose([imagePart, prior.mu, prior.logSigma, prompts]);
}

/** Probabilities of one latent for each image: σ(decoder(x, z)). z [N,D] → [N,H,W,1] in [0, 1] */
export function segment(weights: Weights, { imagePart }: EncodedCase, z: tf.Tensor2D): tf.Tensor4D {
  return tf.tidy(() => tf.sigmoid(decode(weights, imagePart, z)));
}

/** Probabilities that persona e's colleague would outline each pixel. [N,H,W,1] */
export function segmentAsPersona(weights: Weights, encoded: EncodedCase, persona: number): tf.Tensor4D {
  const [n, , latent] = encoded.prompts.shape;
  return tf.tidy(() =>
    segment(
      weights,
      encoded,
      tf.reshape(tf.slice(encoded.prompts, [0, persona, 0], [n, 1, latent]), [n, latent]),
    ),
  );
}

/** Probabilities of one diversified sample z = μ + σ·ε. @param noise ε [1,D] or [N,D] */
export function segmentSample(weights: Weights, encoded: EncodedCase, noise: tf.Tensor2D): tf.Tensor4D {
  const { mu, logSigma } = encoded.prior;
  return tf.tidy(() => segment(weights, encoded, tf.add(mu, tf.mul(tf.exp(logSigma), noise))));
}
