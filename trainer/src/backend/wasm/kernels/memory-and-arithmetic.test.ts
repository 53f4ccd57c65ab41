import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { weightNorms } from '../../../losses/weight-norms.ts';
import { Adam } from '../../../optimiser/adam.ts';
import { useWasmBackend } from '../wasm-backend.ts';
import { compare, difference } from './compare-backends.ts';
import { broadcastOf } from './elementwise.ts';

type Operation = (...tensors: tf.Tensor[]) => tf.Tensor;

describe.each([{ threads: 1 }, { threads: 2 }])('with $threads threads', ({ threads }) => {
  beforeAll(async () => void (await useWasmBackend({ threads })));
  afterAll(() => tf.removeBackend('wasm'));

  const concatenations: [axis: number, shapes: number[][]][] = [
    [
      3,
      [
        [2, 5, 3, 8],
        [2, 5, 3, 4],
      ],
    ],
    [
      3,
      [
        [2, 3, 3, 1],
        [2, 3, 3, 5],
      ],
    ],
    [
      0,
      [
        [2, 3],
        [1, 3],
        [4, 3],
      ],
    ],
    [
      1,
      [
        [2, 3, 300],
        [2, 1, 300],
      ],
    ],
    [
      -1,
      [
        [70, 50, 20],
        [70, 50, 3],
      ],
    ],
  ];
  it.each(concatenations)('concatenates along axis %i %j, and splits the gradient', async (axis, shapes) => {
    const concat: Operation = (...tensors) => tf.concat(tensors, axis);
    await compare(shapes, concat, concat, 1e-7);
  });

  it('sums the norms of tensors of any size, and scales each for its gradient', async () => {
    const norms: Operation = (...tensors) => weightNorms(tensors);
    await compare([[5], [3, 3, 5, 7], [1], [129, 5], [4, 300]], norms, norms, 1e-6);
  });

  it.each([[[7]], [[3, 5, 11]], [[2, 33, 30, 5]]])(
    'passes the gradient of a ReLU where it is on: %j',
    async (shape) => {
      await compare([shape], tf.relu, tf.relu, 1e-7);
    },
  );

  const slices: [shape: number[], begin: number[], size: number[]][] = [
    [
      [2, 5, 6],
      [0, 2, 0],
      [2, 1, 6],
    ],
    [
      [4, 5, 6],
      [1, 0, 0],
      [2, -1, -1],
    ],
    [
      [3, 4, 5, 7],
      [0, 0, 0, 2],
      [3, 4, 5, 3],
    ],
    [
      [3, 4, 5, 7],
      [0, 1, 2, 0],
      [3, 2, 2, 7],
    ],
    [[9], [2], [5]],
  ];
  it.each(slices)('slices %j from %j of size %j, with the gradient', async (shape, begin, size) => {
    const slice: Operation = (x) => tf.slice(x as tf.Tensor, begin, size);
    await compare([shape], slice, slice, 1e-7);
  });

  it('slices and concatenates integers as TensorFlow.js does', async () => {
    await tf.setBackend('wasm');
    const values = tf.tidy(() => {
      const x = tf.tensor([1, 2, 3, 4, 5, 6], [2, 3], 'int32');
      return [...tf.concat([x, tf.slice(x, [0, 1], [2, 2])], 1).dataSync()];
    });
    expect(values).toEqual([1, 2, 3, 2, 3, 4, 5, 6, 5, 6]);
  });

  const pairs: [a: number[], b: number[]][] = [
    [
      [3, 40, 41, 8],
      [3, 40, 41, 8],
    ],
    [
      [3, 40, 41, 8],
      [3, 1, 1, 8],
    ],
    [[3, 40, 41, 6], [6]],
    [
      [2, 1, 1, 12],
      [2, 33, 35, 12],
    ],
    [[70, 71], []],
    [
      [70, 71],
      [70, 1],
    ],
    [
      [1, 70, 71],
      [3, 70, 71],
    ],
    [[5], [5]],
  ];
  it.each(pairs)('adds, subtracts and multiplies %j and %j, with gradients', async (a, b) => {
    for (const operation of [tf.add, tf.sub, tf.mul]) {
      const f: Operation = (x, y) => operation(x as tf.Tensor, y as tf.Tensor);
      await compare([a, b], f, f, 1e-5);
    }
  });

  const products: [a: number[], b: number[]][] = [
    [
      [3, 300, 10],
      [3, 10, 8],
    ],
    [
      [257, 4],
      [4, 7],
    ],
    [
      [2, 2, 400, 3],
      [2, 2, 3, 1],
    ],
    [
      [3, 5, 6],
      [3, 6, 2],
    ],
  ];
  it.each(products)('multiplies the matrices %j and %j, with gradients', async (a, b) => {
    const product: Operation = (x, y) => tf.matMul(x as tf.Tensor, y as tf.Tensor);
    await compare([a, b], product, product, 1e-5);
    const transposed: Operation = (x, y) => tf.matMul(x as tf.Tensor, y as tf.Tensor, true);
    await compare([a, a.with(-1, b.at(-1) as number)], transposed, transposed, 1e-5);
  });

  const maps: [string, (x: tf.Tensor) => tf.Tensor][] = [
    ['relu', tf.relu],
    ['step', tf.step],
    ['sigmoid', tf.sigmoid],
    ['softplus', tf.softplus],
  ];
  it.each(maps)('computes %s from −100 to 100, of infinities and of NaN', async (name, map) => {
    const values = Float32Array.from({ length: 8191 }, (_, i) => ((i - 4095) / 4095) ** 3 * 100);
    values.set([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 0]);
    await tf.setBackend('wasm');
    const actual = tf.tidy(() => map(tf.tensor1d(values)).dataSync<'float32'>());
    const exact: Record<string, (x: number) => number> = {
      relu: (x) => Math.max(x, 0),
      step: (x) => (Number.isNaN(x) ? x : x > 0 ? 1 : 0),
      sigmoid: (x) => 1 / (1 + Math.exp(-x)),
      softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
    };
    for (const [i, x] of values.entries()) {
      const expected = (exact[name] as (x: number) => number)(x);
      if (Number.isFinite(expected)) {
        // Below 1e-37 single precision has few digits left.
        expect(Math.abs((actual[i] as number) - expected)).toBeLessThanOrEqual(1e-6 * expected + 1e-37);
      } else {
        expect(actual[i]).toBe(expected);
      }
    }
  });

  const sums: [shape: number[], axes: number[]][] = [
    [
      [3, 20, 30, 8],
      [1, 2],
    ],
    [
      [3, 40, 41, 1],
      [1, 2],
    ],
    [[3, 40, 41, 6], [3]],
    [[5000], [0]],
    [[7, 30, 40], [0]],
    [
      [7, 30, 40],
      [0, 2],
    ],
    [[2, 3], [1]],
  ];
  it.each(sums)('sums and averages %j over the axes %j, with gradients', async (shape, axes) => {
    for (const reduce of [tf.sum, tf.mean]) {
      for (const keepDims of [false, true]) {
        const f: Operation = (x) => reduce(x as tf.Tensor, axes, keepDims);
        await compare([shape], f, f, 1e-5);
      }
    }
  });

  it('shares memory between a tensor and its clone until both are gone', async () => {
    await tf.setBackend('wasm');
    const x = tf.tensor1d([1, 2, 3]);
    const clone = tf.clone(x);
    x.dispose();
    const other = tf.tensor1d([7, 8, 9]);
    expect([...clone.dataSync()]).toEqual([1, 2, 3]);
    tf.dispose([clone, other]);
  });

  it('does the same Adam steps as the plain backend', async () => {
    const shapes: [string, number[]][] = [
      ['a', [3, 3, 5, 7]],
      ['b', [7]],
      ['c', [1]],
    ];
    const after = async (backend: string) => {
      await tf.setBackend(backend);
      const before = tf.memory().numTensors;
      const random = new Random(5);
      const gaussian = (shape: number[]) => tf.tensor(random.gaussians(tf.util.sizeFromShape(shape)), shape);
      const variables = new Map(
        shapes.map(([name, shape]) => [name, tf.tidy(() => tf.variable(gaussian(shape)))]),
      );
      const adam = new Adam(variables);
      for (let step = 0; step < 5; step++) {
        const gradients = new Map(shapes.map(([name, shape]) => [name, gaussian(shape)]));
        adam.apply(gradients, 0.01);
        tf.dispose([...gradients.values()]);
      }
      const { step, first, second } = adam.state();
      expect(step).toBe(5);
      const values = [...variables.values()].map((v) => v.dataSync<'float32'>().slice());
      tf.dispose([...variables.values()]);
      adam.dispose();
      expect(tf.memory().numTensors).toBe(before);
      return [...values, ...first.values(), ...second.values()];
    };
    const expected = await after('cpu');
    for (const [i, values] of (await after('wasm')).entries()) {
      expect(difference(values, expected[i] as Float32Array)).toBeLessThan(1e-6);
    }
  });
});

describe('broadcastOf', () => {
  it('reads a bias for each image, for all pixels, and nothing that would need a gather', () => {
    expect(broadcastOf([2, 4, 5, 8], [2, 4, 5, 8])).toEqual({ floats: 320, repeat: 1 });
    expect(broadcastOf([2, 4, 5, 8], [2, 1, 1, 8])).toEqual({ floats: 8, repeat: 20 });
    expect(broadcastOf([2, 4, 5, 8], [8])).toEqual({ floats: 8, repeat: 40 });
    expect(broadcastOf([2, 4, 5, 8], [1, 4, 1, 8])).toBeUndefined();
    expect(broadcastOf([2, 4, 5, 8], [2, 4, 5, 1])).toBeUndefined();
    expect(broadcastOf([8], [2, 8])).toBeUndefined();
  });
});
