import type { Encoding } from '@d-persona/shared/engine/engine.ts';
import type { Size } from '@d-persona/shared/mask/region.ts';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { decode, decoderImagePart } from '@d-persona/shared/model/decoder.ts';
import { prior } from '@d-persona/shared/model/gaussian.ts';
import { personaQuery } from '@d-persona/shared/model/head.ts';
import { unet } from '@d-persona/shared/model/unet.ts';
import { weightTensors } from '@d-persona/shared/model/weight-tensors.ts';
import { plainWeights, type StoredWeights } from '@d-persona/shared/release/decode-release.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Engines, SegmentationEngine } from './segmentation-engine.ts';

/** A release on TensorFlow.js, whose backend must be set: the reference, and what is left where the engine fails. */
export class TfjsEngine implements SegmentationEngine {
  readonly #architecture: Architecture;
  readonly #weights: ReadonlyMap<string, tf.Tensor>;

  constructor(architecture: Architecture, weights: StoredWeights) {
    this.#architecture = architecture;
    this.#weights = weightTensors(plainWeights(weights));
  }

  encode(input: Float32Array, { height, width }: Size): Encoding {
    const { channels, personas } = this.#architecture;
    const weights = this.#weights;
    const outputs = tf.tidy(() => {
      const x = tf.tensor4d(input, [1, height, width, channels]);
      const features = unet(weights, this.#architecture, x);
      const { mu, logSigma } = prior(weights, this.#architecture, x);
      const queries = tf.concat(
        Array.from({ length: personas }, (_, persona) =>
          personaQuery(weights, this.#architecture, persona, features),
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

  *probabilities(
    { height, width, imagePart }: Encoding,
    latents: readonly Float32Array[],
  ): Generator<Float32Array, void> {
    const part = tf.tensor4d(imagePart, [1, height, width, imagePart.length / (height * width)]);
    try {
      for (const z of latents) {
        const latent = tf.tensor2d(z, [1, z.length]);
        const map = tf.tidy(() => tf.sigmoid(decode(this.#weights, part, latent)));
        latent.dispose();
        yield takeValues(map);
      }
    } finally {
      part.dispose();
    }
  }

  get bytes(): number {
    return [...this.#weights.values()].reduce((sum, { size }) => sum + 4 * size, 0);
  }

  dispose(): void {
    for (const tensor of this.#weights.values()) tensor.dispose();
  }
}

/** Engines on TensorFlow.js, of which each has all its weights to itself. */
export function tfjsEngines(): Engines {
  return {
    hold: () => undefined,
    start: (architecture, weights) => new TfjsEngine(architecture, weights),
  };
}

/** The values of a tensor that is disposed; the copy belongs to the caller. */
function takeValues(tensor: tf.Tensor): Float32Array {
  const values = Float32Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}
