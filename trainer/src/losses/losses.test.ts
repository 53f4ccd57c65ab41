import '../backend/cpu-backend.ts';
import '../backend/gradients.ts';
import { decode } from '@d-persona/shared/model/decoder.ts';
import { Random } from '@d-persona/shared/random.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { boundLoss } from './bound-loss.ts';
import { klDivergence, klWithFreeBits } from './kl-divergence.ts';
import {
  crossEntropyLoss,
  type SegmentationLoss,
  segmentationLoss,
  softDiceLoss,
} from './segmentation-loss.ts';
import { weightNorms } from './weight-norms.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

const value = (scalar: tf.Tensor) => scalar.dataSync()[0] as number;
/** The logit of a probability, so that examples can be read as probabilities. */
const logit = (p: number) => Math.log(p / (1 - p));
const paper: SegmentationLoss = { dice: 'pooled', background: true, crossEntropy: 0 };
const plain: SegmentationLoss = { dice: 'per-image', background: false, crossEntropy: 0 };

describe('softDiceLoss', () => {
  // Two images of two pixels: p = (0.8, 0.4) against (1, 0), p = (0.2, 0.6) against (1, 1).
  const logits = () => tf.tensor4d([0.8, 0.4, 0.2, 0.6].map(logit), [2, 1, 2, 1]);
  const target = () => tf.tensor4d([1, 0, 1, 1], [2, 1, 2, 1]);

  it('averages images where it is not pooled', () => {
    // 2·0.8/(1.2 + 1) = 0.727272…, 2·0.8/(0.8 + 2) = 0.571428…
    expect(value(softDiceLoss(logits(), target(), plain))).toBeCloseTo(1 - (1.6 / 2.2 + 1.6 / 2.8) / 2, 5);
  });

  it('sums over the batch where it is pooled, with the background as a second channel', () => {
    // Foreground 2·1.6/(2 + 3); background: Σ(1−p)(1−y) = 0.6, Σ(1−p) = 2, Σ(1−y) = 1: 2·0.6/3.
    expect(value(softDiceLoss(logits(), target(), paper))).toBeCloseTo(1 - (3.2 / 5 + 1.2 / 3) / 2, 5);
  });

  it('leaves a dropped image out, pooled or not', () => {
    const weight = tf.tensor2d([[1], [0]]);
    expect(value(softDiceLoss(logits(), target(), plain, weight))).toBeCloseTo(1 - 1.6 / 2.2, 5);
    expect(value(softDiceLoss(logits(), target(), { ...paper, background: false }, weight))).toBeCloseTo(
      1 - 1.6 / 2.2,
      5,
    );
  });

  it('is 0 for empty against empty, and 1 for the complement', () => {
    const empty = tf.fill<tf.Rank.R4>([1, 2, 2, 1], -100);
    expect(value(softDiceLoss(empty, tf.zerosLike(empty), plain))).toBeCloseTo(0, 6);
    expect(value(softDiceLoss(empty, tf.onesLike(empty), paper))).toBeGreaterThan(0.999);
  });

  it('weighs channels of several raters separately and ignores the background option', () => {
    // Channel 0: p = 0.5 against 1 → 2·0.5/1.5; channel 1 is missing.
    const logits = tf.tensor4d([0, 3], [1, 1, 1, 2]);
    const target = tf.tensor4d([1, 1], [1, 1, 1, 2]);
    expect(value(softDiceLoss(logits, target, paper, tf.tensor2d([[1, 0]])))).toBeCloseTo(1 / 3, 5);
  });
});

describe('cross-entropy', () => {
  it('is the mean of −log p of what is true', () => {
    const logits = tf.tensor4d([0.8, 0.4].map(logit), [1, 1, 2, 1]);
    const target = tf.tensor4d([1, 0], [1, 1, 2, 1]);
    const expected = -(Math.log(0.8) + Math.log(0.6)) / 2;
    expect(value(crossEntropyLoss(logits, target))).toBeCloseTo(expected, 6);
    const both = segmentationLoss(logits, target, { ...plain, crossEntropy: 0.5 });
    expect(value(both)).toBeCloseTo(1 - 1.6 / 2.2 + 0.5 * expected, 5);
  });

  it('stays finite for huge logits', () => {
    const logits = tf.tensor4d([1e4, -1e4], [1, 1, 2, 1]);
    expect(value(crossEntropyLoss(logits, tf.tensor4d([1, 0], [1, 1, 2, 1])))).toBe(0);
  });
});

describe('klDivergence', () => {
  it('is 0 for equal Gaussians', () => {
    const g = { mu: tf.tensor2d([[1, -2]]), logSigma: tf.tensor2d([[0.3, -0.7]]) };
    expect(value(klDivergence(g, g))).toBeCloseTo(0, 6);
  });

  it('is the closed form: σ_q = 1, σ_p = 2, means 1 apart', () => {
    const q = { mu: tf.tensor2d([[1, 0]]), logSigma: tf.zeros<tf.Rank.R2>([1, 2]) };
    const p = { mu: tf.zeros<tf.Rank.R2>([1, 2]), logSigma: tf.fill<tf.Rank.R2>([1, 2], Math.log(2)) };
    // ln 2 + (1 + 1)/8 − ½ for the first dimension, ln 2 + 1/8 − ½ for the second.
    expect(value(klDivergence(q, p))).toBeCloseTo(2 * Math.log(2) + 2 / 8 + 1 / 8 - 1, 6);
  });
});

describe('klWithFreeBits', () => {
  it('is the KL where every dimension says more than is free, and what is free where it says less', () => {
    // Means 1 and 3 apart in the first dimension (KL ½ and 4½, mean 2½), equal in the second.
    const q = { mu: tf.tensor2d([[1, 0], [3, 0]]), logSigma: tf.zeros<tf.Rank.R2>([2, 2]) }; // biome-ignore format: two images
    const p = { mu: tf.zeros<tf.Rank.R2>([2, 2]), logSigma: tf.zeros<tf.Rank.R2>([2, 2]) };
    expect(value(klWithFreeBits(q, p, 0))).toBeCloseTo(2.5, 6);
    expect(value(klWithFreeBits(q, p, 0.1))).toBeCloseTo(2.6, 6);
    expect(value(klWithFreeBits(q, p, 4))).toBeCloseTo(8, 6);
  });
});

describe('weightNorms', () => {
  it('sums norms, with gradient W/‖W‖', () => {
    const a = tf.tensor1d([3, 4]);
    const b = tf.tensor2d([[0, 2]]);
    expect(value(weightNorms([a, b]))).toBeCloseTo(7, 6);
    const [gradient] = tf.grads((x: tf.Tensor, y: tf.Tensor) => tf.mul(2, weightNorms([x, y])))([a, b]);
    expect([...(gradient as tf.Tensor).dataSync()]).toEqual([1.2000000476837158, 1.600000023841858]);
  });
});

describe('boundLoss', () => {
  const random = new Random(7);
  const [n, height, width, features, latent, samples] = [2, 4, 3, 4, 3, 5];
  const normal = (...shape: number[]) => tf.tensor(random.gaussians(shape.reduce((a, b) => a * b, 1)), shape);
  const weights = () =>
    new Map<string, tf.Tensor>([
      ['decoder/first/kernel', normal(1, 1, features + latent, features)],
      ['decoder/first/bias', normal(features)],
      ['decoder/hidden0/kernel', normal(1, 1, features, features)],
      ['decoder/hidden0/bias', normal(features)],
      ['decoder/hidden1/kernel', normal(1, 1, features, features)],
      ['decoder/hidden1/bias', normal(features)],
      ['decoder/last/kernel', normal(1, 1, features, 1)],
      ['decoder/last/bias', normal(1)],
    ]);

  it('has value and gradients of the loss that keeps all samples on the tape', () => {
    const w = weights();
    const names = [...w.keys()];
    const union = tf.cast(tf.greater(normal(n, height, width, 1), -0.3), 'float32') as tf.Tensor4D;
    const intersection = tf.mul(
      union,
      tf.cast(tf.greater(normal(n, height, width, 1), 0), 'float32'),
    ) as tf.Tensor4D;
    const inputs = [normal(n, height, width, features), normal(n, samples, latent), ...w.values()];
    const settings: SegmentationLoss = { dice: 'per-image', background: true, crossEntropy: 1 };
    const rebuild = (tensors: tf.Tensor[]) =>
      new Map(names.map((name, i) => [name, tensors[i] as tf.Tensor]));

    const naive = (imagePart: tf.Tensor, z: tf.Tensor, ...tensors: tf.Tensor[]) => {
      const logits = Array.from({ length: samples }, (_, s) =>
        decode(
          rebuild(tensors),
          imagePart as tf.Tensor4D,
          tf.reshape(tf.slice(z, [0, s, 0], [n, 1, latent]), [n, latent]),
        ),
      );
      const highest = logits.reduce((a, b) => tf.maximum(a, b));
      const lowest = logits.reduce((a, b) => tf.minimum(a, b));
      return tf.add(
        segmentationLoss(highest, union, settings),
        segmentationLoss(lowest, intersection, settings),
      );
    };
    const bound = (imagePart: tf.Tensor, z: tf.Tensor, ...tensors: tf.Tensor[]) =>
      boundLoss(rebuild(tensors), imagePart as tf.Tensor4D, z as tf.Tensor3D, union, intersection, settings);

    const a = tf.valueAndGrads(naive)(inputs);
    const b = tf.valueAndGrads(bound)(inputs);
    expect(value(b.value)).toBeCloseTo(value(a.value), 5);
    for (const [i, expected] of a.grads.entries()) {
      const difference = tf.max(tf.abs(tf.sub(expected, b.grads[i] as tf.Tensor)));
      expect(value(difference)).toBeLessThan(1e-5 * (1 + value(tf.max(tf.abs(expected)))));
    }
  });

  it('is lower when the samples span what the raters span', () => {
    // A decoder that answers z₀ everywhere: logits of the samples are their first latent.
    const w = new Map<string, tf.Tensor>([
      ['decoder/first/kernel', tf.tensor4d([0, 1], [1, 1, 2, 1])],
      ['decoder/first/bias', tf.tensor1d([40])],
      ['decoder/hidden0/kernel', tf.ones([1, 1, 1, 1])],
      ['decoder/hidden0/bias', tf.zeros([1])],
      ['decoder/hidden1/kernel', tf.ones([1, 1, 1, 1])],
      ['decoder/hidden1/bias', tf.zeros([1])],
      ['decoder/last/kernel', tf.ones([1, 1, 1, 1])],
      ['decoder/last/bias', tf.tensor1d([-40])],
    ]);
    const image = tf.zeros<tf.Rank.R4>([1, 2, 2, 1]);
    const union = tf.ones<tf.Rank.R4>([1, 2, 2, 1]);
    const none = tf.zeros<tf.Rank.R4>([1, 2, 2, 1]);
    const spread = boundLoss(w, image, tf.tensor3d([30, -30], [1, 2, 1]), union, none, plain);
    const alike = boundLoss(w, image, tf.tensor3d([30, 30], [1, 2, 1]), union, none, plain);
    expect(value(spread)).toBeLessThan(0.01);
    expect(value(alike)).toBeCloseTo(1, 2);
  });
});
