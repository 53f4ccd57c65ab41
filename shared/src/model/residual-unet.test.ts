import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import { type Architecture, architectureSchema, featureChannels } from './architecture.ts';
import { BatchStatistics } from './batch-statistics.ts';
import { foldWeights } from './fold-weights.ts';
import { RESNET34 } from './residual-sizes.ts';
import { doubleNearest, stemConvolution, subsample } from './strided.ts';
import { unet } from './unet.ts';
import { weightTensors } from './weight-tensors.ts';
import { servingSpecs, weightSpecs } from './weights.ts';

const small: Architecture = {
  backbone: 'resnet34',
  channels: 2,
  personas: 2,
  latent: 4,
  widths: [4, 6],
  resnet: { blocks: [1, 2], widths: [5, 6], decoder: [6, 5, 3] },
  posterior: 'all',
  head: { widths: [4], finalRelu: false, padding: 1, dropout: 0.1 },
  keys: 'standardised',
};

function plainWeights(architecture: Architecture) {
  const random = new Random(3);
  return new Map(
    weightSpecs(architecture).map(({ name, shape }) => {
      const drawn = random.gaussians(shape.reduce((a, b) => a * b, 1)).map((v) => 0.3 * v);
      return [
        name,
        { shape, data: name.endsWith('/variance') ? drawn.map((v) => 0.5 + Math.abs(v)) : drawn },
      ];
    }),
  );
}

const largest = (a: tf.Tensor, b: tf.Tensor) => tf.max(tf.abs(tf.sub(a, b))).dataSync()[0] as number;
const image = (height = 21, width = 18) => tf.randomNormal<tf.Rank.R4>([2, height, width, 2]);

let before: number;
beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => {
  before = tf.memory().numTensors;
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
  expect(tf.memory().numTensors).toBe(before);
});

describe('the shape table of resnet34', () => {
  const full = (channels: number): Architecture => {
    const { resnet: _, ...rest } = small;
    return { ...rest, channels };
  };
  const numbers = (architecture: Architecture, specs = weightSpecs(architecture)) =>
    specs
      .filter(({ part, statistic }) => part === 'unet' && statistic !== true)
      .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

  it('has as many parameters as Unet(resnet34) of segmentation_models_pytorch without its head', () => {
    // 24,436,369 are told by that library for three channels; its head is a 3×3 convolution of 16 channels to one.
    expect(numbers(full(3))).toBe(24_436_369 - 9 * 16 - 1);
    expect(numbers(full(1))).toBe(numbers(full(3)) - 2 * 49 * 64);
    expect(featureChannels(full(1))).toBe(16);
  });

  it('serves one bias for the four vectors of BatchNorm', () => {
    const count = (suffix: string) =>
      servingSpecs(full(1)).filter(({ name }) => name.endsWith(suffix)).length;
    expect([count('/gamma'), count('/beta'), count('/mean'), count('/variance')]).toEqual([0, 0, 0, 0]);
    // 36 convolutions of the encoder, three of them shortcuts, and ten of the decoder.
    const layers = servingSpecs(full(1)).filter(
      ({ name, part }) => part === 'unet' && name.endsWith('/bias'),
    );
    expect(layers).toHaveLength(46);
  });

  it('fills in the sizes that a config leaves out, and refuses those that do not fit together', () => {
    const parse = (resnet: object) => architectureSchema.safeParse({ ...small, resnet });
    expect(parse({}).data?.resnet).toEqual(RESNET34);
    expect(parse({ widths: [8, 16, 32, 64] }).success).toBe(true);
    const problems = parse({ blocks: [1, 1] }).error?.issues.map(({ path }) => path.join('.'));
    expect(problems).toEqual(['resnet.widths', 'resnet.decoder']);
  });
});

describe('the layers', () => {
  it.each([
    [8, 8],
    [7, 10],
    [1, 3],
  ])('of stride 2 are those of TensorFlow.js with a symmetric border, %i × %i', (height, width) => {
    const x = image(height, width);
    const kernel = tf.randomNormal<tf.Rank.R4>([7, 7, 2, 5]);
    const border = (by: number): [[number, number], [number, number], [number, number], [number, number]] => [
      [0, 0],
      [by, by],
      [by, by],
      [0, 0],
    ];
    const direct = (k: tf.Tensor4D, by: number) => tf.conv2d(tf.pad(x, border(by)), k, 2, 'valid');
    expect(largest(stemConvolution(x, kernel, undefined, 'linear'), direct(kernel, 3))).toBeLessThan(1e-4);
    const three = tf.randomNormal<tf.Rank.R4>([3, 3, 2, 5]);
    expect(largest(subsample(tf.conv2d(x, three, 1, 'same')), direct(three, 1))).toBeLessThan(1e-4);
  });

  it('double pixels as nearest neighbours', () => {
    const x = image(3, 2);
    expect(largest(doubleNearest(x), tf.image.resizeNearestNeighbor(x, [6, 4]))).toBe(0);
  });
});

describe('the residual U-Net', () => {
  it('keeps the size of the image, odd or even', () => {
    const weights = weightTensors(plainWeights(small));
    expect(unet(weights, small, image()).shape).toEqual([2, 21, 18, 3]);
    expect(unet(weights, small, image(16, 32)).shape).toEqual([2, 16, 32, 3]);
  });

  it('gives the same features from folded weights as by BatchNorm in inference mode', () => {
    const weights = plainWeights(small);
    const folded = foldWeights(weights, small);
    expect([...folded.keys()].filter((name) => !name.startsWith('posterior/')).sort()).toEqual(
      servingSpecs(small)
        .map(({ name }) => name)
        .sort(),
    );
    expect(foldWeights(folded, small)).toEqual(folded);
    const x = image();
    const own = unet(weightTensors(weights), small, x);
    const served = unet(weightTensors(folded), small, x);
    expect(largest(own, served)).toBeLessThan(1e-5 * (tf.max(tf.abs(own)).dataSync()[0] as number));
  });

  it('uses the batch in training mode: the scale of a convolution before BatchNorm does not matter', () => {
    const weights = weightTensors(plainWeights(small));
    const features = (change: (kernel: tf.Tensor) => tf.Tensor, statistics?: BatchStatistics) => {
      const changed = new Map(weights);
      changed.set('unet/stem/kernel', change(weights.get('unet/stem/kernel') as tf.Tensor));
      return unet(changed, small, x, statistics);
    };
    const x = image();
    const statistics = new BatchStatistics();
    const training = [(k: tf.Tensor) => k, (k: tf.Tensor) => tf.mul(k, 100)].map((change) => {
      const result = features(change, statistics);
      statistics.dispose();
      return result;
    }) as [tf.Tensor, tf.Tensor];
    expect(largest(...training)).toBeLessThan(1e-2);
    expect(
      largest(
        features((k) => k),
        features((k) => tf.mul(k, 100)),
      ),
    ).toBeGreaterThan(1);
  });
});

describe('running statistics', () => {
  it('move a tenth of the way to the batch, the variance without bias', () => {
    const running = new Map(
      Object.entries({ 'l/mean': 1, 'l/variance': 2 }).map(([name, value]) => [
        name,
        tf.variable(tf.tensor1d([value])),
      ]),
    );
    const statistics = new BatchStatistics();
    statistics.record('l', tf.tensor1d([3]), tf.tensor1d([4]), 5);
    expect(() => statistics.record('l', tf.tensor1d([3]), tf.tensor1d([4]), 5)).toThrow('twice');
    statistics.moveRunning(running);
    // 0.9·1 + 0.1·3, and 0.9·2 + 0.1·4·5/4.
    expect(running.get('l/mean')?.dataSync()[0]).toBeCloseTo(1.2, 6);
    expect(running.get('l/variance')?.dataSync()[0]).toBeCloseTo(2.3, 6);
    tf.dispose([...running.values()]);
  });
});
