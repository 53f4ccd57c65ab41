import * as tf from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../training-backend.ts';
import { register, type TrainingKernel } from './register.ts';

type Inputs = Readonly<Record<string, tf.TensorInfo | undefined>>;

const FLOAT = 4;

/** Bytes that a thread copies at a time. */
const CHUNK_BYTES = 1 << 17;

/** Copies `count` blocks of `floats` from one regular place in memory to another; distances are in floats too. */
function copyBlocks(
  { kernels }: TrainingBackend,
  count: number,
  floats: number,
  from: { address: number; stride: number },
  to: { address: number; stride: number },
): void {
  const chunk = Math.max(1, Math.floor(CHUNK_BYTES / (floats * FLOAT)));
  kernels.run(
    ...(['copyBlocks', count, chunk] as const),
    ...[from.address, from.stride * FLOAT, to.address, to.stride * FLOAT, floats * FLOAT],
  );
}

const product = (sizes: readonly number[]) => sizes.reduce((a, b) => a * b, 1);

function allFloat(inputs: Inputs): boolean {
  return Object.values(inputs).every((input) => input === undefined || input.dtype === 'float32');
}

/** Concat, SplitV (the gradient of Concat) and Slice along one axis; Identity, and Cast to the same type, without a copy. */
export function registerCopying(): void {
  register(
    tf.Concat,
    ({ inputs, attributes, backend }) => {
      const parts = Object.values(inputs) as tf.TensorInfo[];
      const first = parts[0] as tf.TensorInfo;
      const axis = tf.util.parseAxisParam(attributes.axis as number, first.shape)[0] as number;
      const along = parts.reduce((sum, { shape }) => sum + (shape[axis] as number), 0);
      const out = backend.makeOutput(first.shape.with(axis, along), 'float32');
      const inner = product(first.shape.slice(axis + 1));
      let address = backend.address(out);
      for (const part of parts) {
        const floats = (part.shape[axis] as number) * inner;
        if (floats > 0) {
          const from = { address: backend.address(part), stride: floats };
          copyBlocks(backend, product(part.shape.slice(0, axis)), floats, from, {
            address,
            stride: along * inner,
          });
        }
        address += floats * FLOAT;
      }
      return out;
    },
    (_, inputs) => allFloat(inputs),
  );

  register(
    tf.SplitV,
    ({ inputs, attributes, backend }) => {
      const { x } = inputs as { x: tf.TensorInfo };
      const axis = tf.util.parseAxisParam(attributes.axis as number, x.shape)[0] as number;
      const sizes = attributes.numOrSizeSplits as number[];
      const inner = product(x.shape.slice(axis + 1));
      let address = backend.address(x);
      return sizes.map((size) => {
        const out = backend.makeOutput(x.shape.with(axis, size), 'float32');
        const floats = size * inner;
        copyBlocks(
          ...([backend, product(x.shape.slice(0, axis)), floats] as const),
          { address, stride: (x.shape[axis] as number) * inner },
          { address: backend.address(out), stride: floats },
        );
        address += floats * FLOAT;
        return out;
      });
    },
    ({ numOrSizeSplits }, inputs) =>
      allFloat(inputs) && Array.isArray(numOrSizeSplits) && numOrSizeSplits.every((size) => size > 0),
  );

  register(
    tf.Slice,
    ({ inputs, attributes, backend }) => {
      const { x } = inputs as { x: tf.TensorInfo };
      const { begin, size, axis } = oneAxisSlice(attributes, x) as OneAxisSlice;
      const out = backend.makeOutput(x.shape.with(axis, size), 'float32');
      const inner = product(x.shape.slice(axis + 1));
      copyBlocks(
        ...([backend, product(x.shape.slice(0, axis)), size * inner] as const),
        { address: backend.address(x) + begin * inner * FLOAT, stride: (x.shape[axis] as number) * inner },
        { address: backend.address(out), stride: size * inner },
      );
      return out;
    },
    (attributes, inputs) =>
      allFloat(inputs) && oneAxisSlice(attributes, inputs.x as tf.TensorInfo) !== undefined,
  );

  // TensorFlow.js copies here; but tensors do not change, and differentiation clones everything that it saves.
  const share: TrainingKernel = ({ inputs, backend }) => {
    const { x } = inputs as { x: tf.TensorInfo };
    backend.incRef(x.dataId);
    return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
  };
  register(tf.Identity, share);
  register(tf.Cast, share, ({ dtype }, { x }) => x?.dtype === dtype);
}

interface OneAxisSlice {
  readonly axis: number;
  readonly begin: number;
  readonly size: number;
}

/** A slice that cuts one axis only (or none), and is not empty. */
function oneAxisSlice(
  { begin, size }: Readonly<Record<string, unknown>>,
  { shape }: tf.TensorInfo,
): OneAxisSlice | undefined {
  const [begins, sizes] = tf.slice_util.parseSliceParams(
    { shape, rank: shape.length } as tf.Tensor,
    begin as number[],
    size as number[],
  ) as [number[], number[]];
  const cut = sizes.flatMap((extent, axis) => (extent === shape[axis] ? [] : [axis]));
  if (cut.length > 1 || shape.length === 0) return undefined;
  const axis = cut[0] ?? 0;
  const extent = sizes[axis] as number;
  return extent > 0 ? { axis, begin: begins[axis] as number, size: extent } : undefined;
}
