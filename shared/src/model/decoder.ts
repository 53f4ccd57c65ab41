import * as tf from '@tensorflow/tfjs-core';
import { convolution, namedConvolution } from './convolution.ts';
import { type Weights, weight } from './weights.ts';

/*
 * The decoder (`Fcomb`) is a perceptron on [features, z] at each pixel. Its first layer is linear in that
 * concatenation: W·[f, z] + b = W_f·f + (W_z·z + b). The image half is computed once for all samples and personas;
 * the latent half is one bias for each image. Tiling z over the pixels costs more than all of the convolutions.
 */

/** W of the first layer, [1,1,F+D,F], cut into its image half and its latent half. */
function firstKernel(weights: Weights): { image: tf.Tensor4D; latent: tf.Tensor2D } {
  const kernel = weight<tf.Tensor4D>(weights, 'decoder/first/kernel');
  const [, , rows, features] = kernel.shape;
  return {
    image: tf.slice(kernel, [0, 0, 0, 0], [1, 1, features, features]),
    latent: tf.reshape(tf.slice(kernel, [0, 0, features, 0], [1, 1, rows - features, features]), [
      -1,
      features,
    ]),
  };
}

/** W_f·features: once for each image. [N,H,W,F] → [N,H,W,F] */
export function decoderImagePart(weights: Weights, features: tf.Tensor4D): tf.Tensor4D {
  return tf.tidy(() => convolution(features, firstKernel(weights).image, undefined, 'linear'));
}

/** W_z·z + b: the bias that stands for a latent vector. [K,D] → [K,F] */
export function latentBias(weights: Weights, z: tf.Tensor2D): tf.Tensor2D {
  return tf.add(
    tf.matMul(z, firstKernel(weights).latent),
    weight<tf.Tensor1D>(weights, 'decoder/first/bias'),
  );
}

/** The layers after the first. @param sum [N,H,W,F], first layer before its ReLU. @returns logits [N,H,W,1] */
export function decodeSum(weights: Weights, sum: tf.Tensor4D): tf.Tensor4D {
  const hidden = ['decoder/hidden0', 'decoder/hidden1'].reduce(
    (h, name) => namedConvolution(weights, name, h),
    tf.relu(sum),
  );
  return namedConvolution(weights, 'decoder/last', hidden, 'linear');
}

/**
 * Decoder: one latent vector for each image to one segmentation for each image.
 *
 * @param imagePart W_f·features [N,H,W,F]
 * @param z [N,D]
 * @returns logits [N,H,W,1]
 */
export function decode(weights: Weights, imagePart: tf.Tensor4D, z: tf.Tensor2D): tf.Tensor4D {
  const [n, , , features] = imagePart.shape;
  return tf.tidy(() =>
    decodeSum(weights, tf.add(imagePart, tf.reshape(latentBias(weights, z), [n, 1, 1, features]))),
  );
}
