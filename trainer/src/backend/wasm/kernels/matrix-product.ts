import * as tf from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../training-backend.ts';
import { convolve, convolveFilterGradient } from './convolution.ts';
import { register } from './register.ts';

/** Fewer rows are TensorFlow.js' to compute. */
const FEWEST_ROWS = 256;

/** A batch of products of tall, narrow matrices: [B,P,K]·[B,K,M], or [B,P,K]ᵀ·[B,P,M]. */
interface Product {
  readonly batch: number;
  /** P, K and M. */
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposed: boolean;
}

/** The product that a BatchMatMul is, if our kernels take it. */
function productOf(
  { transposeA, transposeB }: Readonly<Record<string, unknown>>,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
): Product | undefined {
  const [batchShape, rows, inner] = [a.shape.slice(0, -2), a.shape.at(-2), a.shape.at(-1)];
  const sameBatch = tf.util.arraysEqual(batchShape, b.shape.slice(0, -2));
  if (transposeB === true || !sameBatch || rows === undefined || inner === undefined || rows < FEWEST_ROWS)
    return;
  if (a.dtype !== 'float32' || b.dtype !== 'float32') return;
  const batch = tf.util.sizeFromShape(batchShape);
  return { batch, rows, inner, columns: b.shape.at(-1) as number, transposed: transposeA === true };
}

/** BatchMatMul of many rows: each product is a 1×1 convolution of `rows` pixels, or such a filter's gradient. */
export function registerMatrixProduct(): void {
  register(
    tf.BatchMatMul,
    ({ inputs, attributes, backend }) => {
      const { a, b } = inputs as { a: tf.TensorInfo; b: tf.TensorInfo };
      const product = productOf(attributes, a, b) as Product;
      const { rows, inner, columns, transposed } = product;
      const out = backend.makeOutput(
        [...a.shape.slice(0, -2), transposed ? inner : rows, columns],
        'float32',
      );
      multiply(backend, product, backend.address(a), backend.address(b), backend.address(out));
      return out;
    },
    (attributes, { a, b }) => productOf(attributes, a as tf.TensorInfo, b as tf.TensorInfo) !== undefined,
  );
}

const FLOAT = 4;

function multiply(backend: TrainingBackend, product: Product, a: number, b: number, out: number): void {
  const { batch, rows, inner, columns, transposed } = product;
  const shape = { images: 1, height: rows, width: 1, inputs: inner, outputs: columns };
  // The bias gradient, which nobody wants here, needs a place.
  const unused = transposed ? backend.makeOutput([columns], 'float32') : undefined;
  for (let i = 0; i < batch; i++) {
    const left = a + i * rows * inner * FLOAT;
    if (unused !== undefined) {
      convolveFilterGradient(backend, shape, 1, {
        ...{ x: left, dy: b + i * rows * columns * FLOAT, mask: 0 },
        ...{ dFilter: out + i * inner * columns * FLOAT, dBias: backend.address(unused) },
      });
    } else {
      const address = b + i * inner * columns * FLOAT;
      const filter = { address, size: 1, rows: inner, columns, transposed: false } as const;
      const to = out + i * rows * columns * FLOAT;
      convolve(backend, shape, { x: left, mask: 0, filter, bias: 0, relu: false, out: to });
    }
  }
  if (unused !== undefined) backend.disposeData(unused.dataId);
}
