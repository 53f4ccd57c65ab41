import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@d-persona/trainer/backend/gradients.ts';

/**
 * TensorFlow.js' WASM backend as its package has it. The one kernel that training needs and that it lacks, the filter
 * gradient, is put together from others, as a user of it would have to.
 */
export async function usePlainTfjsWasm(): Promise<void> {
  await tf.setBackend('wasm');
  tf.registerKernel({
    kernelName: tf.Conv2DBackpropFilter,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { x, dy } = inputs as unknown as { x: tf.Tensor4D; dy: tf.Tensor4D };
      const [size] = (attrs as unknown as { filterShape: number[] }).filterShape as [number];
      return tf.tidy(() => filterGradient(x, dy, size));
    },
  });
}

/** A convolution with batch and channels exchanged, and the output's gradient as a filter as large as the image. */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, size: number): tf.Tensor4D {
  const [from, to] = [x.shape[3], dy.shape[3]];
  if (size === 1) {
    const product = tf.matMul(tf.reshape(x, [-1, from]), tf.reshape(dy, [-1, to]), true);
    return tf.reshape(product, [1, 1, from, to]);
  }
  const border = (size - 1) / 2;
  const images = tf.transpose(x, [3, 1, 2, 0]);
  const filter = tf.transpose(dy, [1, 2, 0, 3]);
  const pad: [[number, number], [number, number], [number, number], [number, number]] = [
    [0, 0],
    [border, border],
    [border, border],
    [0, 0],
  ];
  return tf.transpose(tf.conv2d(images, filter, 1, pad), [1, 2, 0, 3]);
}
