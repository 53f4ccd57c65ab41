import * as tf from '@tensorflow/tfjs-core';
import { register } from './register.ts';

type Inputs = Readonly<Record<string, tf.TensorInfo | undefined>>;
type Attributes = Readonly<Record<string, unknown>>;

/** Smaller tensors are TensorFlow.js' to sum. */
const SMALLEST = 1 << 12;

/** A tensor as [outer, rows, inner], the rows to be summed. */
interface Reduction {
  readonly outer: number;
  readonly rows: number;
  readonly inner: number;
  readonly outShape: number[];
}

/** The reduction of adjacent axes, of a large float32 tensor; others are not ours. */
function reductionOf({ axis, keepDims }: Attributes, x: tf.TensorInfo): Reduction | undefined {
  if (x.dtype !== 'float32' || tf.util.sizeFromShape(x.shape) < SMALLEST) return undefined;
  const axes = tf.util.parseAxisParam(axis as number | number[], x.shape).toSorted((a, b) => a - b);
  const [first, last] = [axes[0], axes.at(-1)];
  if (first === undefined || last === undefined || last - first + 1 !== axes.length) return undefined;
  const sizeOf = (from: number, to: number) => tf.util.sizeFromShape(x.shape.slice(from, to));
  const kept = keepDims === true ? axes.map(() => 1) : [];
  return {
    outer: sizeOf(0, first),
    rows: sizeOf(first, last + 1),
    inner: sizeOf(last + 1, x.shape.length),
    outShape: [...x.shape.slice(0, first), ...kept, ...x.shape.slice(last + 1)],
  };
}

/** Sum and Mean, as over the pixels of each image, without transposing first. */
export function registerSums(): void {
  for (const name of [tf.Sum, tf.Mean]) {
    register(
      name,
      ({ inputs, attributes, backend }) => {
        const { x } = inputs as { x: tf.TensorInfo };
        const { outer, rows, inner, outShape } = reductionOf(attributes, x) as Reduction;
        const out = backend.makeOutput(outShape, 'float32');
        const scale = name === tf.Mean ? 1 / rows : 1;
        const chunk = Math.max(1, Math.floor(SMALLEST / (rows * inner)));
        backend.kernels.run(
          ...(['sumMiddle', outer, chunk] as const),
          ...[backend.address(x), rows, inner, scale, backend.address(out)],
        );
        return out;
      },
      (attributes: Attributes, { x }: Inputs) => reductionOf(attributes, x as tf.TensorInfo) !== undefined,
    );
  }
}
