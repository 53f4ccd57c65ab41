import { DECODE_SAMPLES } from '@d-persona/shared/model/decode-samples.ts';
import type * as tf from '@tensorflow/tfjs-core';
import { convolve } from './convolution.ts';
import { register } from './register.ts';
import type { Output } from './tensorflow.ts';

/** The decoder on all samples of a batch: see `decode-samples.ts`. */
export function registerDecoding(): void {
  register(DECODE_SAMPLES, ({ inputs, tensorflow }) => {
    const { imagePart, biases } = inputs as { imagePart: tf.TensorInfo; biases: tf.TensorInfo };
    const [images, , , channels] = imagePart.shape as [number, number, number, number];
    const samples = biases.shape[1] as number;
    const { float } = tensorflow;
    const weight = (name: string) => tensorflow.handle(inputs[name] as tf.TensorInfo);
    const layers = ['hidden0', 'hidden1', 'last'].map(
      (layer) => [weight(`${layer}/kernel`), weight(`${layer}/bias`), layer !== 'last'] as const,
    );
    const image = tensorflow.handle(imagePart);
    const index = [...float, tensorflow.type('Index', 'int32')];
    const biasOf = (s: number) =>
      tensorflow.pass(
        tensorflow.run('Slice', index, [
          tensorflow.handle(biases),
          tensorflow.constant([0, s, 0], 'int32'),
          tensorflow.constant([images, 1, channels], 'int32'),
        ]),
        ...(['Reshape', [...float, tensorflow.type('Tshape', 'int32')]] as const),
        [tensorflow.constant([images, 1, 1, channels], 'int32')],
      );
    const decode = (s: number) => {
      const sum = tensorflow.pass(biasOf(s), 'AddV2', float, [image]);
      return layers.reduce(
        (y: Output, [kernel, bias, relu]) => {
          const next = convolve(tensorflow, y.id, kernel, bias, relu);
          tensorflow.release(y);
          return next;
        },
        tensorflow.pass(sum, 'Relu', float),
      );
    };
    const logits = Array.from({ length: samples }, (_, s) => decode(s));
    if (samples === 1) return tensorflow.tensor(logits[0] as Output);
    const axis = tensorflow.constant(3, 'int32');
    const concatenation = [...float, tensorflow.integer('N', samples), tensorflow.type('Tidx', 'int32')];
    const out = tensorflow.run('ConcatV2', concatenation, [...logits.map(({ id }) => id), axis]);
    tensorflow.release(...logits);
    return tensorflow.tensor(out);
  });
}
