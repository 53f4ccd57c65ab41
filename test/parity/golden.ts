import { readFile } from 'node:fs/promises';
import type { Architecture } from '@d-persona/shared/model/architecture.ts';
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
    runningStatistics: byName,
  }),
  stage2: z.strictObject({ total: z.number(), gradients: byName }),
});

export const goldenSchema = z.strictObject({
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
  backbone: z.enum(['unet', 'resnet34']),
  resnet: z.strictObject({ blocks: numbers, widths: numbers, decoder: numbers }).nullable(),
  torch: z.string(),
  cases: z.partialRecord(z.enum(['recipe', 'paper']), caseSchema),
});

/** What `make_golden.py` writes: inputs, and what an independent PyTorch implementation makes of them. */
export type Golden = z.infer<typeof goldenSchema>;
export type GoldenCase = z.infer<typeof caseSchema>;

/** The committed values of a backbone. */
export async function readGolden(backbone: Golden['backbone']): Promise<Golden> {
  const text = await readFile(new URL(`golden-${backbone}.json`, import.meta.url), 'utf8');
  return goldenSchema.parse(JSON.parse(text));
}

/** The architecture that a case's weights are of. */
export function architectureOf(
  { backbone, resnet, shape }: Golden,
  { finalRelu, keys }: GoldenCase,
): Architecture {
  return {
    backbone,
    channels: shape.C,
    personas: shape.R,
    latent: shape.D,
    widths: shape.widths,
    ...(resnet === null ? {} : { resnet }),
    posterior: 'all',
    head: { widths: shape.heads, finalRelu, padding: 1, dropout: 0 },
    keys,
  };
}
