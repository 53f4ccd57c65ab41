import { DECODE_SAMPLES } from '@d-persona/shared/model/decode-samples.ts';
import type * as tf from '@tensorflow/tfjs-core';
import { aligned } from '../scratch.ts';
import { padded } from './plan.ts';
import { register } from './register.ts';

const FLOAT = 4;

/** Pixels of a block of the kernel, and blocks that a thread takes at a time. */
const BLOCK = 64;
const BLOCKS = 8;

/** The decoder on all samples of a batch: see `decode-samples.ts`. */
export function registerDecoding(): void {
  register(DECODE_SAMPLES, ({ inputs, backend }) => {
    const { imagePart, biases } = inputs as { imagePart: tf.TensorInfo; biases: tf.TensorInfo };
    const [images, height, width, channels] = imagePart.shape as [number, number, number, number];
    const samples = biases.shape[1] as number;
    const out = backend.makeOutput([images, height, width, samples], 'float32');
    const { kernels, scratch } = backend;
    const outputs = { hidden0: channels, hidden1: channels, last: 1 };
    const work = aligned(2 * BLOCK * channels * FLOAT);
    const filterBytes = (columns: number) => (channels + 1) * padded(columns) * FLOAT;
    const [hidden0, hidden1, last, rows] = scratch.reserve(
      ...([filterBytes(channels), filterBytes(channels), filterBytes(1), work * kernels.threads] as const),
    );
    const packed = { hidden0, hidden1, last };
    for (const name of ['hidden0', 'hidden1', 'last'] as const) {
      const kernel = backend.address(inputs[`${name}/kernel`]);
      const bias = backend.address(inputs[`${name}/bias`]);
      const columns = outputs[name];
      kernels.call(
        ...(['pointwiseFilter', kernel, columns * FLOAT, FLOAT, bias] as const),
        ...[channels, columns, packed[name]],
      );
    }
    kernels.run(
      ...(['decodeSamples', images * Math.ceil((height * width) / BLOCK), BLOCKS] as const),
      ...[backend.address(imagePart), height * width, channels, backend.address(biases), samples],
      ...[hidden0, hidden1, last, backend.address(out), rows, work],
    );
    return out;
  });
}
