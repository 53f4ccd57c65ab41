import * as tf from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../training-backend.ts';
import { register } from './register.ts';

/** Floats that a thread takes at a time. */
const CHUNK = 1 << 15;

/** Smaller results are TensorFlow.js' to compute: the difference does not show. */
const SMALLEST = 1 << 12;

/** How b is read beside a: rows of `floats`, each row of b for `repeat` rows of a. */
interface Broadcast {
  readonly floats: number;
  readonly repeat: number;
}

/** Every way of combining a whole tensor with one that is as large, or has 1 in some adjacent middle dimensions. */
export function broadcastOf(a: readonly number[], b: readonly number[]): Broadcast | undefined {
  const size = tf.util.sizeFromShape([...a]);
  const full = [...new Array<number>(Math.max(0, a.length - b.length)).fill(1), ...b];
  if (full.length !== a.length) return undefined;
  const differs = a.flatMap((extent, axis) => (extent === full[axis] ? [] : [axis]));
  const first = differs[0];
  const last = differs.at(-1);
  if (first === undefined || last === undefined) return { floats: size, repeat: 1 };
  for (let axis = first; axis <= last; axis++) if (full[axis] !== 1) return undefined;
  const floats = tf.util.sizeFromShape(a.slice(last + 1));
  // Rows of one or two floats would cost more than they save.
  return floats >= 4 ? { floats, repeat: tf.util.sizeFromShape(a.slice(first, last + 1)) } : undefined;
}

/** Of the kernel `combineRows`: a where b > 0. */
const MASK = 3;

/** a ∘ b, b being broadcast. */
function combine(
  backend: TrainingBackend,
  operation: number,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
): tf.TensorInfo {
  const { floats, repeat } = broadcastOf(a.shape, b.shape) as Broadcast;
  const out = backend.makeOutput(a.shape, 'float32');
  const addresses = [backend.address(a), backend.address(b), backend.address(out)];
  const size = tf.util.sizeFromShape(a.shape);
  // Without broadcasting, rows are whatever divides the work well.
  const width = repeat === 1 ? (size % 64 === 0 ? 64 : size) : floats;
  backend.kernels.run(
    ...(['combineRows', size / width, Math.max(1, Math.floor(CHUNK / width))] as const),
    ...[operation, ...addresses, width, repeat],
  );
  return out;
}

/** Add, Sub and Multiply of large float32 tensors, the second of which may be broadcast over pixels. */
export function registerElementwise(): void {
  const operations = [
    { name: tf.Add, operation: 0, commutes: true },
    { name: tf.Sub, operation: 1, commutes: false },
    { name: tf.Multiply, operation: 2, commutes: true },
  ];
  for (const { name, operation, commutes } of operations) {
    /** The operands in the order in which our kernel takes them. */
    const ordered = ({ a, b }: { a: tf.TensorInfo; b: tf.TensorInfo }) =>
      commutes && tf.util.sizeFromShape(a.shape) < tf.util.sizeFromShape(b.shape)
        ? ([b, a] as const)
        : ([a, b] as const);
    register(
      name,
      ({ inputs, backend }) =>
        combine(backend, operation, ...ordered(inputs as { a: tf.TensorInfo; b: tf.TensorInfo })),
      (_, inputs) => {
        const [a, b] = ordered(inputs as { a: tf.TensorInfo; b: tf.TensorInfo });
        return (
          a.dtype === 'float32' &&
          b.dtype === 'float32' &&
          tf.util.sizeFromShape(a.shape) >= SMALLEST &&
          broadcastOf(a.shape, b.shape) !== undefined
        );
      },
    );
  }
}

/** The gradient of a ReLU: dy where x > 0. See `gradients.ts`. */
export function registerReluGradient(): void {
  register('ReluGrad', ({ inputs, backend }) =>
    combine(backend, MASK, inputs.dy as tf.TensorInfo, inputs.x as tf.TensorInfo),
  );
}

/** Relu, Step, Sigmoid and Softplus of large float32 tensors. */
export function registerMaps(): void {
  for (const [operation, name] of [tf.Relu, tf.Step, tf.Sigmoid, tf.Softplus].entries()) {
    register(
      name,
      ({ inputs, backend }) => {
        const { x } = inputs as { x: tf.TensorInfo };
        const out = backend.makeOutput(x.shape, 'float32');
        backend.kernels.run(
          ...(['mapFloats', tf.util.sizeFromShape(x.shape), CHUNK] as const),
          ...[operation, backend.address(x), backend.address(out)],
        );
        return out;
      },
      ({ alpha }, { x }) =>
        x?.dtype === 'float32' && tf.util.sizeFromShape(x.shape) >= SMALLEST && (alpha ?? 0) === 0,
    );
  }
}
