import * as tf from '@tensorflow/tfjs-core';
import { register } from './register.ts';

type Shape4D = readonly [number, number, number, number];

/** Rows that a thread takes at a time. */
const ROWS = 16;

/** Whether a pooling is 2×2 with stride 2 and "same" padding. */
function handled({ filterSize, strides, pad }: Readonly<Record<string, unknown>>): boolean {
  return [filterSize, strides].flat().every((n) => n === 2) && pad === 'same';
}

/** Whether a pooling is 3×3 with stride 2 and a border of one. */
function residual({ filterSize, strides, pad }: Readonly<Record<string, unknown>>): boolean {
  return [filterSize].flat().every((n) => n === 3) && [strides].flat().every((n) => n === 2) && pad === 1;
}

/** A pooling with stride 2: [N, H, W, C] becomes [N, ⌈H/2⌉, ⌈W/2⌉, C]. */
function pooled(kernel: 'maxPool' | 'averagePool'): Parameters<typeof register>[1] {
  return ({ inputs, backend }) => {
    const { x } = inputs as { x: tf.TensorInfo };
    const [images, height, width, channels] = x.shape as unknown as Shape4D;
    const rows = Math.ceil(height / 2);
    const out = backend.makeOutput([images, rows, Math.ceil(width / 2), channels], 'float32');
    backend.kernels.run(
      ...([kernel, images * rows, ROWS] as const),
      ...[backend.address(x), height, width, channels, backend.address(out)],
    );
    return out;
  };
}

/** AvgPool of 2×2 windows, MaxPool of 3×3 windows, and their gradients. TensorFlow.js has no MaxPoolGrad in WASM. */
export function registerPooling(): void {
  register(tf.MaxPool, pooled('maxPool'), residual);
  register(
    tf.MaxPoolGrad,
    ({ inputs, backend }) => {
      const { dy, input, output } = inputs as Record<'dy' | 'input' | 'output', tf.TensorInfo>;
      const [images, height, width, channels] = input.shape as unknown as Shape4D;
      const dx = backend.makeOutput(input.shape, 'float32');
      const operands = [backend.address(input), backend.address(output), backend.address(dy)];
      backend.kernels.run(
        ...(['maxPoolGradient', images, 1] as const),
        ...[...operands, height, width, channels, backend.address(dx)],
      );
      return dx;
    },
    residual,
  );
  register(tf.AvgPool, pooled('averagePool'), handled);
  register(
    tf.AvgPoolGrad,
    ({ inputs, backend }) => {
      const { dy, input } = inputs as { dy: tf.TensorInfo; input: tf.TensorInfo };
      const [images, height, width, channels] = input.shape as unknown as Shape4D;
      const out = backend.makeOutput(input.shape, 'float32');
      backend.kernels.run(
        ...(['averagePoolGradient', images * height, ROWS] as const),
        ...[backend.address(dy), height, width, channels, backend.address(out)],
      );
      return out;
    },
    handled,
  );
}
