import { decodeSamples } from '@d-persona/shared/model/decode-samples.ts';
import { decode, latentBias } from '@d-persona/shared/model/decoder.ts';
import { Random } from '@d-persona/shared/random.ts';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';

const LATENT = 6;

/** A decoder of random weights. */
function decoder(features: number, random: Random): Map<string, tf.Tensor> {
  const shapes = {
    'first/kernel': [1, 1, features + LATENT, features],
    'first/bias': [features],
    'hidden0/kernel': [1, 1, features, features],
    'hidden0/bias': [features],
    'hidden1/kernel': [1, 1, features, features],
    'hidden1/bias': [features],
    'last/kernel': [1, 1, features, 1],
    'last/bias': [1],
  };
  return new Map(
    Object.entries(shapes).map(([name, shape]) => [
      `decoder/${name}`,
      tf.tensor(random.gaussians(tf.util.sizeFromShape(shape)), shape),
    ]),
  );
}

/** Logits [N,H,W,S] as an array, by the given function of (weights, imagePart, z [N,S,D]). */
function logits(
  [n, height, width, features]: [number, number, number, number],
  samples: number,
  compute: (weights: Map<string, tf.Tensor>, imagePart: tf.Tensor4D, z: tf.Tensor3D) => tf.Tensor,
): Float32Array {
  return tf.tidy(() => {
    const random = new Random(features);
    const weights = decoder(features, random);
    const imagePart = tf.tensor4d(random.gaussians(n * height * width * features), [
      n,
      height,
      width,
      features,
    ]);
    const z = tf.tensor3d(random.gaussians(n * samples * LATENT), [n, samples, LATENT]);
    return compute(weights, imagePart, z).dataSync<'float32'>();
  });
}

type Shape4D = [number, number, number, number];

/** Shapes of the image part, and numbers of samples. */
export const decodings: [Shape4D, number][] = [
  [[2, 8, 8, 8], 3],
  [[3, 9, 13, 16], 10],
  [[1, 3, 5, 12], 1],
  [[2, 9, 7, 6], 4],
];

/** Logits of samples decoded one by one, on the current backend. */
export function decodedOneByOne(shape: Shape4D, samples: number): Float32Array {
  return logits(shape, samples, (weights, imagePart, z) =>
    tf.concat(
      tf.unstack(z, 1).map((one) => decode(weights, imagePart, one as tf.Tensor2D)),
      3,
    ),
  );
}

/** The same by `decodeSamples`. */
export function decodedAtOnce(shape: Shape4D, samples: number): Float32Array {
  return logits(shape, samples, (weights, imagePart, z) => {
    const biases = latentBias(weights, tf.reshape(z, [-1, LATENT]));
    return decodeSamples(weights, imagePart, tf.reshape(biases, [shape[0], samples, shape[3]]));
  });
}
