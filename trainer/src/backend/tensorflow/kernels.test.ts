import { maxPool } from '@d-persona/shared/model/strided.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { weightNorms } from '../../losses/weight-norms.ts';
import { Adam } from '../../optimiser/adam.ts';
import { chooseBackend } from '../choose-backend.ts';
import { tfjsNodeInstalled } from '../tfjs-node.fixtures.ts';
import { compare, difference, fused, plainConvolution } from '../wasm/kernels/compare-backends.ts';
import { decodedAtOnce, decodedOneByOne, decodings } from '../wasm/kernels/decoding.fixtures.ts';

/** Tensors that TensorFlow holds: ours are made without TensorFlow.js, which does not count them. */
function nativeTensors(): number {
  const { binding } = tf.backend() as unknown as { binding: { getNumOfTensors(): number } };
  return binding.getNumOfTensors();
}

/** What a computation leaves behind in TensorFlow the second time: the first may make constants that are kept. */
async function leftBehind(compute: () => Promise<void> | void): Promise<number> {
  await compute();
  await tf.setBackend('tensorflow');
  const before = nativeTensors();
  await compute();
  await tf.setBackend('tensorflow');
  return nativeTensors() - before;
}

describe.skipIf(!tfjsNodeInstalled)('kernels on TensorFlow', () => {
  beforeAll(async () => {
    await chooseBackend('tfjs-node');
  });

  it.each([
    [3, [2, 8, 8, 8], 8],
    [3, [1, 1, 1, 1], 1],
    [3, [3, 5, 7, 5], 6],
    [1, [3, 7, 5, 22], 16],
    [1, [1, 3, 3, 1], 5],
  ] as const)('convolves, filter size %i, %j to %i channels, with gradients', async (size, x, to) => {
    const shapes = [[...x], [size, size, x[3], to], [to]];
    for (const activation of ['relu', 'linear'] as const) {
      const left = await leftBehind(() =>
        compare(shapes, fused(activation), plainConvolution(activation), 2e-5, 'tensorflow'),
      );
      expect(left).toBe(0);
    }
  });

  it('gives the gradient for the input alone, and for the filter alone', async () => {
    const [x, filter] = [
      [2, 5, 7, 4],
      [3, 3, 4, 6],
    ];
    const random = new Random(5);
    const constant = (shape: number[]) => {
      const values = random.gaussians(tf.util.sizeFromShape(shape));
      return () => tf.tensor(values, shape);
    };
    const [ofX, ofFilter, bias] = [constant(x), constant(filter), constant([6])];
    const onInput = (y: ReturnType<typeof fused>) => (t: tf.Tensor) => y(t, ofFilter(), bias());
    const onFilter = (y: ReturnType<typeof fused>) => (t: tf.Tensor) => y(ofX(), t, bias());
    await compare([x], onInput(fused('relu')), onInput(plainConvolution('relu')), 2e-5, 'tensorflow');
    await compare([filter], onFilter(fused('relu')), onFilter(plainConvolution('relu')), 2e-5, 'tensorflow');
  });

  it.each(decodings)('decodes %j for %i samples as one by one', async (shape, samples) => {
    await tf.setBackend('cpu');
    const expected = decodedOneByOne(shape, samples);
    await tf.setBackend('tensorflow');
    const left = await leftBehind(() => {
      expect(difference(decodedAtOnce(shape, samples), expected)).toBeLessThan(1e-5);
    });
    expect(left).toBe(0);
  });

  it.each([
    [2, 8, 8, 4],
    [1, 5, 7, 3],
    [1, 1, 2, 1],
  ])('pools with a border of one: %i %i %i %i', async (...shape) => {
    const pool = (x: tf.Tensor) => maxPool(x as tf.Tensor4D);
    // As many low numbers around it, which never are the highest.
    const plain = (x: tf.Tensor) => {
      const border = [1, 1] as [number, number];
      const around = tf.pad(x as tf.Tensor4D, [[0, 0], border, border, [0, 0]], -1e4);
      return tf.maxPool(around, 3, 2, 'valid');
    };
    expect(await leftBehind(() => compare([shape], pool, plain, 1e-6, 'tensorflow'))).toBe(0);
  });

  it('sums norms, with gradients', async () => {
    const norms = (...tensors: tf.Tensor[]) => weightNorms(tensors);
    const plain = (...tensors: tf.Tensor[]) => tf.addN(tensors.map((w) => tf.sqrt(tf.sum(tf.square(w)))));
    const shapes = [[3, 3, 4, 6], [7], [1, 1, 5, 1]];
    expect(await leftBehind(() => compare(shapes, norms, plain, 1e-5, 'tensorflow'))).toBe(0);
  });

  it('takes steps of Adam as the plain backend does', async () => {
    const random = new Random(8);
    const starts = [random.gaussians(12), random.gaussians(5)];
    const gradients = Array.from({ length: 4 }, () => [random.gaussians(12), random.gaussians(5)]);
    const steps = () => {
      const variables = new Map(
        starts.map((values, i) => [`w${i}`, tf.tidy(() => tf.variable(tf.tensor1d(values)))]),
      );
      const adam = new Adam(variables);
      for (const step of gradients) {
        const given = new Map(step.map((values, i) => [`w${i}`, tf.tensor1d(values)]));
        adam.apply(given, 0.01);
        tf.dispose([...given.values()]);
      }
      const values = [...variables.values()].map((w) => w.dataSync<'float32'>().slice());
      const { first: moments, second } = adam.state();
      const result = [...values, ...moments.values(), ...second.values()];
      adam.dispose();
      tf.dispose([...variables.values()]);
      return result;
    };
    await tf.setBackend('cpu');
    const expected = steps();
    await tf.setBackend('tensorflow');
    const left = await leftBehind(() => {
      for (const [i, values] of steps().entries()) {
        // 1 − β₂ is 1.3e-5 off in TensorFlow, which subtracts in single precision.
        expect(difference(values, expected[i] as Float32Array)).toBeLessThan(2e-5);
      }
    });
    expect(left).toBe(0);
  });
});
