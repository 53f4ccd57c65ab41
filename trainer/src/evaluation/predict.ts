import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import {
  disposeCase,
  encodeCase,
  segment,
  segmentAsPersona,
  segmentSample,
} from '@d-persona/shared/model/encode-case.ts';
import { bankNoise, sampleNoise } from '@d-persona/shared/model/noise.ts';
import type { Weights } from '@d-persona/shared/model/weights.ts';
import * as tf from '@tensorflow/tfjs-core';
import type { Batch } from '../data/batch.ts';

/** A network to be asked. */
export interface Network {
  readonly weights: Weights;
  readonly architecture: Architecture;
}

/** How it is asked. */
export interface PredictOptions {
  /** Diversified samples N. */
  readonly samples: number;
  /** Size M of the prior bank (500 at test). */
  readonly bank: number;
  /** Seed of bank and samples. */
  readonly seed: number;
}

/** The answers for one image: probability maps of H·W values in [0, 1]. */
export interface Prediction {
  readonly personas: readonly Float32Array[];
  readonly samples: readonly Float32Array[];
  readonly priorMean: Float32Array;
}

/** Cuts [N,H,W,1] into one map of H·W for each image, and disposes it. */
export function mapsOf(probabilities: tf.Tensor4D): Float32Array[] {
  const [n, height, width] = probabilities.shape;
  const values = probabilities.dataSync<'float32'>();
  probabilities.dispose();
  return Array.from({ length: n }, (_, i) => values.slice(i * height * width, (i + 1) * height * width));
}

/** The batch's images as a tensor [N,H,W,C]; the caller disposes it. */
export function imagesOf({ images, size, height, width, channels }: Batch): tf.Tensor4D {
  return tf.tensor4d(images, [size, height, width, channels]);
}

/** Every persona's answer, N samples and the prior's mean for each image of a batch: what the Worker would answer. */
export function predict(
  { weights, architecture }: Network,
  batch: Batch,
  { samples, bank, seed }: PredictOptions,
): Prediction[] {
  const { latent, personas } = architecture;
  const images = imagesOf(batch);
  const noise = tf.tensor3d(bankNoise(seed, bank, latent), [1, bank, latent]);
  const encoded = encodeCase(weights, architecture, images, noise);
  const personaMaps = Array.from({ length: personas }, (_, persona) =>
    mapsOf(segmentAsPersona(weights, encoded, persona)),
  );
  const epsilon = sampleNoise(seed, samples, latent);
  const sampleMaps = Array.from({ length: samples }, (_, i) => {
    const z = tf.tensor2d(epsilon.subarray(i * latent, (i + 1) * latent), [1, latent]);
    const maps = mapsOf(segmentSample(weights, encoded, z));
    z.dispose();
    return maps;
  });
  const meanMaps = mapsOf(segment(weights, encoded, encoded.prior.mu));
  disposeCase(encoded);
  tf.dispose([images, noise]);
  return Array.from({ length: batch.size }, (_, n) => ({
    personas: personaMaps.map((maps) => maps[n] as Float32Array),
    samples: sampleMaps.map((maps) => maps[n] as Float32Array),
    priorMean: meanMaps[n] as Float32Array,
  }));
}

/** Pixel-wise mean of probability maps. */
export function meanMap(maps: readonly Float32Array[]): Float32Array {
  const mean = new Float32Array((maps[0] as Float32Array).length);
  for (const map of maps) {
    for (let i = 0; i < mean.length; i++) mean[i] = (mean[i] as number) + (map[i] as number) / maps.length;
  }
  return mean;
}

/** The raters' masks of image n of a batch, in the personas' order: R masks of H·W. */
export function raterMasks({ masks, raters, height, width }: Batch, n: number): Uint8Array[] {
  const pixels = height * width;
  return Array.from({ length: raters }, (_, r) =>
    Uint8Array.from({ length: pixels }, (_, i) => masks[(n * pixels + i) * raters + r] as number),
  );
}

/** Which raters outlined image n of a batch. */
export function presentRaters({ present, raters }: Batch, n: number): boolean[] {
  return Array.from(present.subarray(n * raters, (n + 1) * raters), (exists) => exists === 1);
}
