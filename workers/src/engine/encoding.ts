import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { decoderImagePart } from '@d-persona/shared/model/decoder.ts';
import { prior } from '@d-persona/shared/model/gaussian.ts';
import { personaQuery } from '@d-persona/shared/model/head.ts';
import { unet } from '@d-persona/shared/model/unet.ts';
import type { Weights } from '@d-persona/shared/model/weights.ts';
import * as tf from '@tensorflow/tfjs-core';
import { takeValues } from './tensors.ts';

/**
 * Everything of an image that segmentations need, computed once: plain arrays, so that a case that is kept holds no
 * tensor and the engine's heap stays as it is.
 */
export interface Encoding {
  /** Height and width of the model's input. */
  readonly height: number;
  readonly width: number;
  /** The decoder's first layer on the features, [H,W,F]. */
  readonly imagePart: Float32Array;
  /** The prior p(z|x): [D] each. */
  readonly mu: Float32Array;
  readonly logSigma: Float32Array;
  /** What each persona's head asks of the bank, [R,D]. */
  readonly queries: Float32Array;
}

/** What the encoder needs of a release. */
export interface Network {
  readonly architecture: Architecture;
  readonly weights: Weights;
}

/** Runs U-Net, prior and heads. @param input standardised intensities [H,W,C] */
export function encode(
  { architecture, weights }: Network,
  input: Float32Array,
  { height, width }: { height: number; width: number },
): Encoding {
  const outputs = tf.tidy(() => {
    const x = tf.tensor4d(input, [1, height, width, architecture.channels]);
    const features = unet(weights, architecture, x);
    const { mu, logSigma } = prior(weights, architecture, x);
    const queries = tf.concat(
      Array.from({ length: architecture.personas }, (_, persona) =>
        personaQuery(weights, architecture, persona, features),
      ),
    );
    return { imagePart: decoderImagePart(weights, features), mu, logSigma, queries };
  });
  return {
    height,
    width,
    imagePart: takeValues(outputs.imagePart),
    mu: takeValues(outputs.mu),
    logSigma: takeValues(outputs.logSigma),
    queries: takeValues(outputs.queries),
  };
}
