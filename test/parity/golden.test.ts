import { readFile } from 'node:fs/promises';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
import { decoderImagePart } from '@d-persona/shared/model/decoder.ts';
import { posterior, prior, priorBank } from '@d-persona/shared/model/gaussian.ts';
import { personaQuery } from '@d-persona/shared/model/head.ts';
import { personaPrompt } from '@d-persona/shared/model/prompt.ts';
import { unet } from '@d-persona/shared/model/unet.ts';
import { chooseBackend } from '@d-persona/trainer/backend/choose-backend.ts';
import { tfjsNodeInstalled } from '@d-persona/trainer/backend/tfjs-node.fixtures.ts';
import { ModelVariables } from '@d-persona/trainer/model/model-variables.ts';
import { Adam } from '@d-persona/trainer/optimiser/adam.ts';
import { differentiate } from '@d-persona/trainer/run/differentiate.ts';
import { presets } from '@d-persona/trainer/run/presets.ts';
import { stage1Loss } from '@d-persona/trainer/stage1/stage1-loss.ts';
import { stage1Targets } from '@d-persona/trainer/stage1/targets.ts';
import { personaLogits, stage2Loss } from '@d-persona/trainer/stage2/stage2-loss.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

const numbers = z.array(z.number());
const byName = z.record(z.string(), numbers);
const caseSchema = z.strictObject({
  finalRelu: z.boolean(),
  keys: z.enum(['raw', 'standardised']),
  loss: z.strictObject({
    dice: z.enum(['pooled', 'per-image']),
    beta: z.number(),
    klWeight: z.number(),
    crossEntropy: z.number(),
    weightNorms: z.number(),
  }),
  weights: byName,
  inputs: z.strictObject({
    images: numbers,
    masks: numbers,
    present: numbers,
    rater: numbers,
    posteriorNoise: numbers,
    boundNoise: numbers,
    bankNoise: numbers,
  }),
  features: numbers,
  priorMu: numbers,
  priorLogSigma: numbers,
  posteriorMu: numbers,
  posteriorLogSigma: numbers,
  queries: numbers,
  prompts: numbers,
  personaLogits: numbers,
  stage1: z.strictObject({
    total: z.number(),
    reconstruction: z.number(),
    kl: z.number(),
    bound: z.number(),
    gradients: byName,
    afterAdam: byName,
    learningRate: z.number(),
  }),
  stage2: z.strictObject({ total: z.number(), gradients: byName }),
});
const goldenSchema = z.strictObject({
  shape: z.strictObject({
    N: z.int(),
    H: z.int(),
    W: z.int(),
    C: z.int(),
    R: z.int(),
    D: z.int(),
    M: z.int(),
    S: z.int(),
    widths: numbers,
    heads: numbers,
  }),
  torch: z.string(),
  cases: z.strictObject({ recipe: caseSchema, paper: caseSchema }),
});

/** Made by `test/parity/make_golden.py` from an independent PyTorch implementation. */
const golden = goldenSchema.parse(
  JSON.parse(await readFile(new URL('golden.json', import.meta.url), 'utf8')),
);
const { N, H, W, C, R, D, M, S } = golden.shape;

function largestDifference(actual: ArrayLike<number>, expected: readonly number[]): number {
  expect(actual.length).toBe(expected.length);
  return expected.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (actual[i] as number))), 0);
}

function expectClose(actual: tf.Tensor, expected: readonly number[], tolerance: number): void {
  expect(largestDifference(actual.dataSync(), expected)).toBeLessThan(tolerance);
}

/** Largest difference over the largest value of the gradient. */
function expectGradients(actual: ReadonlyMap<string, tf.Tensor>, expected: Record<string, number[]>): void {
  expect([...actual.keys()].sort()).toEqual(Object.keys(expected).sort());
  for (const [name, values] of Object.entries(expected)) {
    const scale = Math.max(...values.map(Math.abs), 1e-4);
    const difference = largestDifference((actual.get(name) as tf.Tensor).dataSync(), values) / scale;
    expect(difference, name).toBeLessThan(1e-3);
  }
}

/** The plain backend and those that train, one after the other in one process. */
const cases = (['cpu', 'wasm', 'tfjs-node'] as const).flatMap((backend) =>
  Object.entries(golden.cases).map(([preset, expected]) => ({ backend, preset, expected })),
);

for (const { backend, preset, expected } of cases) {
  describe.skipIf(backend === 'tfjs-node' && !tfjsNodeInstalled)(
    `parity with the independent implementation: ${backend}, ${preset}`,
    () => {
      beforeAll(async () => {
        await chooseBackend(backend);
      });

      const { loss } = expected;
      const architecture: Architecture = {
        backbone: 'unet',
        channels: C,
        personas: R,
        latent: D,
        widths: golden.shape.widths,
        posterior: 'all',
        head: { widths: golden.shape.heads, finalRelu: expected.finalRelu, padding: 1, dropout: 0 },
        keys: expected.keys,
      };
      const { stage1, stage2 } = presets[preset as 'recipe' | 'paper'];
      const segmentation = { dice: loss.dice, background: true, crossEntropy: loss.crossEntropy };
      const fresh = () =>
        new ModelVariables(
          architecture,
          new Map(
            Object.entries(expected.weights).map(([name, values]) => [name, Float32Array.from(values)]),
          ),
        );
      const { inputs } = expected;
      const images = () => tf.tensor4d(inputs.images, [N, H, W, C]);
      const masks = () => tf.tensor4d(inputs.masks, [N, H, W, R]);
      const gaussian = () => prior(fresh().weights, architecture, images());
      const bank = () => priorBank(gaussian(), tf.tensor3d(inputs.bankNoise, [N, M, D]));

      it('computes the same features, prior and posterior', () => {
        const { weights } = fresh();
        expectClose(unet(weights, architecture, images()), expected.features, 1e-4);
        const p = prior(weights, architecture, images());
        expectClose(p.mu, expected.priorMu, 1e-4);
        expectClose(p.logSigma, expected.priorLogSigma, 1e-4);
        const q = posterior(weights, architecture, images(), masks());
        expectClose(q.mu, expected.posteriorMu, 1e-4);
        expectClose(q.logSigma, expected.posteriorLogSigma, 1e-4);
      });

      it('computes the same queries, prompts and persona logits', () => {
        const { weights } = fresh();
        const features = unet(weights, architecture, images());
        const queries = Array.from({ length: R }, (_, e) => personaQuery(weights, architecture, e, features));
        expectClose(tf.stack(queries, 1), expected.queries, 1e-4);
        const prompts = queries.map((q) => personaPrompt(q, bank(), gaussian(), architecture.keys));
        expectClose(tf.stack(prompts, 1), expected.prompts, 1e-4);
        const frozen = {
          features,
          imagePart: decoderImagePart(weights, features),
          prior: gaussian(),
          bank: bank(),
        };
        expectClose(personaLogits(weights, architecture, frozen, queries), expected.personaLogits, 1e-4);
      });

      it('computes the same Stage I loss, gradients and Adam step', () => {
        const model = fresh();
        const { union, intersection, drawn } = stage1Targets(
          {
            size: N,
            height: H,
            width: W,
            channels: C,
            raters: R,
            images: Float32Array.from(inputs.images),
            masks: Float32Array.from(inputs.masks),
            present: Float32Array.from(inputs.present),
            samples: [],
          },
          inputs.rater,
        );
        const single = (mask: Float32Array) => tf.tensor4d(mask, [N, H, W, 1]);
        const trainable = model.of('unet', 'prior', 'posterior', 'decoder');
        const settings = { ...stage1, ...loss, loss: segmentation, boundSamples: S };
        const { terms, gradients } = differentiate(trainable, () => ({
          ...stage1Loss(
            model.weights,
            architecture,
            {
              images: images(),
              posteriorMasks: masks(),
              drawn: single(drawn),
              union: single(union),
              intersection: single(intersection),
              posteriorNoise: tf.tensor3d(inputs.posteriorNoise, [N, 1, D]),
              boundNoise: tf.tensor3d(inputs.boundNoise, [N, S, D]),
            },
            settings,
          ),
        }));
        for (const term of ['reconstruction', 'kl', 'bound', 'total'] as const) {
          const scale = Math.max(1, Math.abs(expected.stage1[term]));
          expect(Math.abs((terms[term] as number) - expected.stage1[term]) / scale, term).toBeLessThan(1e-5);
        }
        expectGradients(gradients, expected.stage1.gradients);
        new Adam(trainable).apply(gradients, expected.stage1.learningRate);
        for (const [name, values] of Object.entries(expected.stage1.afterAdam)) {
          // A first Adam step is lr·sign(g): where g is near zero its sign may differ, so those weights are left out.
          const clear = expected.stage1.gradients[name]?.map((g) => Math.abs(g) > 1e-6) ?? [];
          const after = (model.weights.get(name) as tf.Tensor).dataSync();
          const compared = values.filter((_, i) => clear[i]);
          expect(
            largestDifference(
              [...after].filter((_, i) => clear[i]),
              compared,
            ),
            name,
          ).toBeLessThan(1e-5);
        }
      });

      it('computes the same Stage II loss and gradients', () => {
        const model = fresh();
        const { weights } = model;
        const features = unet(weights, architecture, images());
        const frozen = {
          features,
          imagePart: decoderImagePart(weights, features),
          prior: gaussian(),
          bank: bank(),
        };
        const settings = { ...stage2, queryWeight: 0, loss: { ...segmentation, crossEntropy: 0 } };
        const { terms, gradients } = differentiate(model.of('head'), () => ({
          ...stage2Loss(
            weights,
            architecture,
            frozen,
            masks(),
            tf.tensor2d(inputs.present, [N, R]),
            settings,
          ),
        }));
        expect(Math.abs(terms.total - expected.stage2.total)).toBeLessThan(1e-5);
        expectGradients(gradients, expected.stage2.gradients);
      });
    },
  );
}
