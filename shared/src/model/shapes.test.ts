import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Random } from '../random.ts';
import type { Architecture } from './architecture.ts';
import { convolution } from './convolution.ts';
import { decode, decoderImagePart } from './decoder.ts';
import { posterior, prior, priorBank } from './gaussian.ts';
import { personaQuery } from './head.ts';
import { personaPrompt } from './prompt.ts';
import { contractingPath, unet } from './unet.ts';
import { servingSpecs, type Weights, weight, weightSpecs } from './weights.ts';

const small: Architecture = {
  backbone: 'unet',
  channels: 2,
  personas: 3,
  latent: 6,
  widths: [4, 6, 8],
  posterior: 'all',
  head: { widths: [5, 4], finalRelu: false, padding: 1, dropout: 0.1 },
  keys: 'standardised',
};

function randomWeights(architecture: Architecture): Weights {
  const random = new Random(3);
  return new Map(
    weightSpecs(architecture).map(({ name, shape }) => {
      const values = random.gaussians(shape.reduce((a, b) => a * b, 1)).map((v) => 0.3 * v);
      return [name, tf.tensor(values, [...shape])];
    }),
  );
}

let weights: Weights;
let before: number;
beforeAll(async () => {
  await tf.setBackend('cpu');
  weights = randomWeights(small);
});
beforeEach(() => {
  before = tf.memory().numTensors;
  tf.engine().startScope();
});
afterEach(() => {
  tf.engine().endScope();
  expect(tf.memory().numTensors).toBe(before);
});

describe('the shape table', () => {
  const image = () => tf.randomNormal<tf.Rank.R4>([2, 12, 8, 2]);

  it('has the paper-sized U-Net with as many parameters as counted by hand', () => {
    const paper: Architecture = { ...small, channels: 1, personas: 4, widths: [16, 32, 64, 128, 256] };
    const count = (part: string) =>
      weightSpecs(paper)
        .filter((spec) => spec.part === part)
        .reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
    // Contracting path: per level 9·(in·w + 2·w²) + 3·w for in = 1, 16, 32, 64, 128.
    const contracting = [16, 32, 64, 128, 256]
      .map((w, level, all) => 9 * ((level === 0 ? 1 : (all[level - 1] as number)) * w + 2 * w * w) + 3 * w)
      .reduce((a, b) => a + b);
    expect(contracting).toBe(1_964_640);
    expect(count('prior')).toBe(contracting + 256 * 12 + 12);
    expect(count('posterior')).toBe(contracting + 9 * 4 * 16 + 256 * 12 + 12);
    expect(count('decoder')).toBe(22 * 16 + 16 + 2 * (16 * 16 + 16) + 16 + 1);
    expect(servingSpecs(paper).some(({ part }) => part === 'posterior')).toBe(false);
  });

  it('maps images to features through pooled levels', () => {
    const levels = contractingPath(weights, small, 'unet', image());
    expect(levels.map(({ shape }) => shape)).toEqual([
      [2, 12, 8, 4],
      [2, 6, 4, 6],
      [2, 3, 2, 8],
    ]);
    expect(unet(weights, small, image()).shape).toEqual([2, 12, 8, 4]);
  });

  it('crops upsampled maps of odd sizes', () => {
    const odd = tf.randomNormal<tf.Rank.R4>([1, 13, 7, 2]);
    expect(unet(weights, small, odd).shape).toEqual([1, 13, 7, 4]);
  });

  it('gives Gaussians, a bank, queries, prompts and logits', () => {
    const x = image();
    const p = prior(weights, small, x);
    expect([p.mu.shape, p.logSigma.shape]).toEqual([
      [2, 6],
      [2, 6],
    ]);
    const q = posterior(weights, small, x, tf.zeros([2, 12, 8, 3]));
    expect(q.mu.shape).toEqual([2, 6]);
    const bank = priorBank(p, tf.randomNormal([2, 9, 6]));
    expect(bank.shape).toEqual([2, 9, 6]);
    const features = unet(weights, small, x);
    const query = personaQuery(weights, small, 1, features);
    expect(query.shape).toEqual([2, 6]);
    const prompt = personaPrompt(query, bank, p, 'raw');
    expect(prompt.shape).toEqual([2, 6]);
    expect(decode(weights, decoderImagePart(weights, features), prompt).shape).toEqual([2, 12, 8, 1]);
  });
});

describe('the decoder', () => {
  it('equals the naive one that tiles and concatenates the latent', () => {
    const features = tf.randomNormal<tf.Rank.R4>([2, 5, 7, 4]);
    const z = tf.randomNormal<tf.Rank.R2>([2, 6]);
    const tiled = tf.tile(tf.reshape(z, [2, 1, 1, 6]), [1, 5, 7, 1]) as tf.Tensor4D;
    let naive = tf.concat([features, tiled], 3);
    for (const name of ['first', 'hidden0', 'hidden1', 'last']) {
      const activation = name === 'last' ? 'linear' : 'relu';
      naive = convolution(
        naive,
        weight(weights, `decoder/${name}/kernel`),
        weight(weights, `decoder/${name}/bias`),
        activation,
      );
    }
    const split = decode(weights, decoderImagePart(weights, features), z);
    expect(tf.max(tf.abs(tf.sub(split, naive))).dataSync()[0]).toBeLessThan(1e-5);
  });
});

describe('persona prompts', () => {
  it('are the bank weighted by the softmax of dot products', () => {
    const bank = tf.tensor3d([1, 0, 0, 2], [1, 2, 2]);
    const gaussian = { mu: tf.tensor2d([[1, 1]]), logSigma: tf.tensor2d([[Math.log(2), Math.log(2)]]) };
    const query = tf.tensor2d([[0.5, 0.25]]);
    // raw: q·z₁ = 0.5, q·z₂ = 0.5, equal weights.
    expect([...personaPrompt(query, bank, gaussian, 'raw').dataSync()]).toEqual([0.5, 1]);
    // standardised keys: (0, −0.5) and (−0.5, 0.5), so dot products −0.125 and −0.125: equal again; with q = (1, 0): 0 and −0.5.
    const [first] = personaPrompt(tf.tensor2d([[1, 0]]), bank, gaussian, 'standardised').dataSync();
    expect(first).toBeCloseTo(1 / (1 + Math.exp(-0.5)), 6);
  });

  it('tend to μ + σ·q for a large standardised bank', () => {
    const gaussian = { mu: tf.tensor2d([[0.5, -1]]), logSigma: tf.tensor2d([[0.2, -0.3]]) };
    const noise = tf.tensor3d(new Random(5).gaussians(200_000), [1, 100_000, 2]);
    const prompt = personaPrompt(
      tf.tensor2d([[0.3, -0.2]]),
      priorBank(gaussian, noise),
      gaussian,
      'standardised',
    );
    const [a, b] = prompt.dataSync();
    expect(a).toBeCloseTo(0.5 + Math.exp(0.2) * 0.3, 1);
    expect(b).toBeCloseTo(-1 - Math.exp(-0.3) * 0.2, 1);
  });
});

describe('head padding', () => {
  it('3 lets a zero border enter the query', () => {
    const features = tf.randomNormal<tf.Rank.R4>([1, 8, 8, 4]);
    const same = personaQuery(weights, small, 0, features);
    const wide = personaQuery(weights, { ...small, head: { ...small.head, padding: 3 } }, 0, features);
    expect(wide.shape).toEqual([1, 6]);
    expect(tf.max(tf.abs(tf.sub(same, wide))).dataSync()[0]).toBeGreaterThan(1e-4);
  });
});
