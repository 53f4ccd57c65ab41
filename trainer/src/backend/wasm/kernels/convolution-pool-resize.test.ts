import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simdOfRuntime } from '../kernel-module.ts';
import { useWasmBackend } from '../wasm-backend.ts';
import { compare, difference, fused, plainConvolution } from './compare-backends.ts';

type Shape4D = [number, number, number, number];

const settings = [
  { threads: 1, simd: 'base' },
  { threads: 1, simd: simdOfRuntime() },
  { threads: 2, simd: simdOfRuntime() },
  { threads: 3, simd: 'base' },
] as const;

describe.each(settings)('with $threads threads and $simd SIMD', (setting) => {
  beforeAll(async () => {
    expect(await useWasmBackend(setting)).toEqual(setting);
  });
  afterAll(() => tf.removeBackend('wasm'));

  const convolutions: [size: number, x: Shape4D, to: number][] = [
    [3, [2, 8, 8, 8], 8],
    [3, [1, 1, 1, 1], 1],
    [3, [3, 5, 7, 5], 6],
    [3, [1, 13, 4, 1], 8],
    [3, [2, 9, 17, 22], 12],
    [3, [1, 2, 3, 20], 24],
    [3, [2, 6, 6, 96], 32],
    [3, [1, 40, 40, 4], 4],
    [1, [2, 8, 8, 8], 8],
    [1, [1, 1, 1, 32], 12],
    [1, [3, 7, 5, 22], 16],
    [1, [2, 41, 31, 16], 1],
    [1, [1, 3, 3, 1], 5],
  ];

  it.each(convolutions)(
    'convolves, filter size %i, %j to %i channels, with gradients',
    async (size, x, to) => {
      for (const activation of ['relu', 'linear'] as const) {
        const shapes = [x, [size, size, x[3], to], [to]];
        await compare(shapes, fused(activation), plainConvolution(activation), 2e-4);
      }
    },
  );

  it('has the slope of finite differences', async () => {
    await tf.setBackend('wasm');
    const random = new Random(11);
    const shapes = [[2, 7, 5, 6], [3, 3, 6, 10], [10]];
    const gaussians = () =>
      shapes.map((shape) => tf.tensor(random.gaussians(tf.util.sizeFromShape(shape)), shape));
    const [difference, slope] = tf.tidy(() => {
      const [at, direction] = [gaussians(), gaussians()];
      // The sum of squares of a linear map of one input: central differences are exact but for rounding.
      const f = (...inputs: tf.Tensor[]) =>
        tf.sum(tf.square(fused('linear')(...(inputs as [tf.Tensor, tf.Tensor, tf.Tensor]))));
      return shapes
        .map((_, i) => {
          const moved = (step: number) =>
            f(...at.map((x, j) => (i === j ? tf.add(x, tf.mul(direction[j] as tf.Tensor, step)) : x)));
          const gradient = tf.grads(f)(at)[i] as tf.Tensor;
          return [
            tf.div(tf.sub(moved(0.5), moved(-0.5)), 1),
            tf.sum(tf.mul(gradient, direction[i] as tf.Tensor)),
          ].map((t) => t.dataSync()[0] as number);
        })
        .reduce<[number[], number[]]>(
          ([a, b], [x, y]) => [
            [...a, x as number],
            [...b, y as number],
          ],
          [[], []],
        );
    });
    for (const [i, value] of slope.entries()) {
      expect(Math.abs(value - (difference[i] as number)) / Math.abs(value)).toBeLessThan(1e-3);
    }
  });

  it('convolves without a bias', async () => {
    await compare(
      [
        [2, 5, 6, 8],
        [1, 1, 8, 8],
      ],
      fused('linear'),
      plainConvolution('linear'),
      1e-5,
    );
    await compare(
      [
        [2, 5, 6, 8],
        [3, 3, 8, 8],
      ],
      fused('relu'),
      plainConvolution('relu'),
      2e-4,
    );
  });

  it('leaves other convolutions to TensorFlow.js', async () => {
    await tf.setBackend('wasm');
    const x = new Random(1).gaussians(2 * 8 * 8 * 4);
    const w = new Random(2).gaussians(5 * 5 * 4 * 4);
    const run = () =>
      tf.tidy(() =>
        tf.fused
          .conv2d({
            x: tf.tensor4d(x, [2, 8, 8, 4]),
            filter: tf.tensor4d(w, [5, 5, 4, 4]),
            strides: 2,
            pad: 'valid',
          })
          .dataSync<'float32'>(),
      );
    const ours = run();
    await tf.setBackend('cpu');
    expect(difference(ours, run())).toBeLessThan(1e-5);
  });

  it.each([[[2, 8, 8, 8]], [[1, 6, 4, 5]], [[3, 2, 34, 16]]] as [Shape4D][])(
    'pools %j, with the gradient',
    async (shape) => {
      const pool = (x: tf.Tensor) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'same');
      await compare([shape], pool, pool, 1e-6);
    },
  );

  it.each([[[2, 7, 9, 8]], [[1, 1, 1, 3]], [[2, 5, 4, 6]]] as [Shape4D][])(
    'pools the odd size %j: what a window holds is averaged, and shared in the gradient',
    async (shape) => {
      await tf.setBackend('wasm');
      const [n, height, width, channels] = shape;
      const values = new Random(3).gaussians(tf.util.sizeFromShape(shape));
      const dyShape: Shape4D = [n, Math.ceil(height / 2), Math.ceil(width / 2), channels];
      const dyValues = new Random(4).gaussians(tf.util.sizeFromShape(dyShape));
      const [y, dx] = tf.tidy(() => {
        const { value, grad } = tf.valueAndGrad((x) => tf.avgPool(x as tf.Tensor4D, 2, 2, 'same'))(
          tf.tensor(values, shape),
          tf.tensor(dyValues, dyShape),
        );
        return [value.dataSync<'float32'>(), grad.dataSync<'float32'>()];
      });
      const expected = { y: new Float32Array(y.length), dx: new Float32Array(dx.length) };
      for (let window = 0; window < y.length; window++) {
        const channel = window % channels;
        const column = Math.floor(window / channels) % (dyShape[2] as number);
        const row = Math.floor(window / channels / (dyShape[2] as number)) % (dyShape[1] as number);
        const image = Math.floor(window / channels / (dyShape[2] as number) / (dyShape[1] as number));
        const inside = [0, 1].flatMap((i) => [0, 1].map((j) => [2 * row + i, 2 * column + j] as const));
        const held = inside.filter(([i, j]) => i < height && j < width);
        for (const [i, j] of held) {
          const at = ((image * height + i) * width + j) * channels + channel;
          expected.y[window] = (expected.y[window] as number) + (values[at] as number) / held.length;
          expected.dx[at] = (dyValues[window] as number) / held.length;
        }
      }
      expect(difference(y, expected.y)).toBeLessThan(1e-6);
      expect(difference(dx, expected.dx)).toBeLessThan(1e-6);
    },
  );

  it.each([[[2, 4, 4, 8]], [[3, 5, 5, 6]], [[1, 1, 1, 1]]] as [Shape4D][])(
    'doubles %j bilinearly with aligned corners, with the gradient',
    async (shape) => {
      const up = (x: tf.Tensor) =>
        tf.image.resizeBilinear(x as tf.Tensor4D, [2 * shape[1], 2 * shape[2]], true);
      await compare([shape], up, up, 1e-5);
    },
  );

  it.each([[[1, 1, 3, 5]], [[2, 5, 2, 6]], [[1, 9, 20, 4]]] as [Shape4D][])(
    'has in the gradient of resizing %j the transpose of a linear map',
    async (shape) => {
      // TensorFlow.js' CPU backend mistakes height for width in this gradient, so it is no reference here.
      await tf.setBackend('wasm');
      const random = new Random(5);
      const gaussian = (s: number[]) => tf.tensor(random.gaussians(tf.util.sizeFromShape(s)), s);
      const [forward, backward] = tf.tidy(() => {
        const up = (x: tf.Tensor) => tf.image.resizeBilinear(x as tf.Tensor4D, [7, 11], true) as tf.Tensor;
        const [x, dy] = [gaussian(shape), gaussian([shape[0], 7, 11, shape[3]])];
        const dx = tf.grad(up)(x, dy);
        return [tf.sum(tf.mul(up(x), dy)), tf.sum(tf.mul(x, dx))].map((t) => t.dataSync()[0] as number);
      }) as [number, number];
      expect(backward).toBeCloseTo(forward, 3);
    },
  );
});
