import * as tf from '@tensorflow/tfjs-core';
import { aligned } from '../scratch.ts';
import { register } from './register.ts';

type Shape4D = readonly [number, number, number, number];

/** Rows that a thread takes at a time. */
const ROWS = 16;

/** Whether a resize aligns corners, on float32 images. */
function handled(
  { alignCorners }: Readonly<Record<string, unknown>>,
  { images }: Readonly<Record<string, tf.TensorInfo | undefined>>,
): boolean {
  return alignCorners === true && images?.dtype === 'float32';
}

/** ResizeBilinear and ResizeBilinearGrad with align corners. */
export function registerResizing(): void {
  register(
    tf.ResizeBilinear,
    ({ inputs, attributes, backend }) => {
      const { images: x } = inputs as { images: tf.TensorInfo };
      const [outHeight, outWidth] = attributes.size as [number, number];
      const [images, height, width, channels] = x.shape as unknown as Shape4D;
      const out = backend.makeOutput([images, outHeight, outWidth, channels], 'float32');
      backend.kernels.run(
        ...(['resizeBilinear', images * outHeight, ROWS] as const),
        ...[backend.address(x), height, width, channels, backend.address(out), outHeight, outWidth],
      );
      return out;
    },
    handled,
  );
  register(
    tf.ResizeBilinearGrad,
    ({ inputs, backend }) => {
      const { images: x, dy } = inputs as { images: tf.TensorInfo; dy: tf.TensorInfo };
      const [images, height, width, channels] = x.shape as unknown as Shape4D;
      const [, outHeight, outWidth] = dy.shape as unknown as Shape4D;
      const out = backend.makeOutput(x.shape, 'float32');
      const { kernels, scratch } = backend;
      const rowBytes = aligned(width * channels * Float32Array.BYTES_PER_ELEMENT);
      const [rows] = scratch.reserve(rowBytes * kernels.threads);
      kernels.run(
        ...(['resizeBilinearGradient', images, 1] as const),
        ...[backend.address(dy), height, width, channels, backend.address(out), outHeight, outWidth],
        ...[rows, rowBytes],
      );
      return out;
    },
    handled,
  );
}
