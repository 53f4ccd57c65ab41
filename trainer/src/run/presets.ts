import { augmentations } from '../data/augmentation.ts';
import type { RunConfig } from './config.ts';

/** What a preset decides: everything of a run but its data and where it runs. */
export type Preset = Pick<RunConfig, 'seed' | 'architecture' | 'stage1' | 'stage2' | 'augmentation'>;

/** The settings as the paper prints them (LIDC-IDRI). They collapse to background: see docs/experiments.md. */
const paper: Preset = {
  seed: 1337,
  augmentation: augmentations.paper,
  architecture: {
    backbone: 'unet',
    latent: 6,
    widths: [16, 32, 64, 128, 256],
    posterior: 'all',
    head: { widths: [32, 16], finalRelu: true, padding: 1, dropout: 0.1 },
    keys: 'raw',
  },
  stage1: {
    steps: 42_000, // 100 epochs of some 5,000 slices in batches of 12
    learningRate: 1e-4,
    warmup: 0,
    batch: 12,
    loss: { dice: 'pooled', background: true, crossEntropy: 0 },
    klWeight: 1,
    beta: 0.5,
    boundSamples: 10,
    weightNorms: 1e-5,
  },
  stage2: {
    steps: 42_000,
    learningRate: 1e-4,
    warmup: 0,
    batch: 12,
    loss: { dice: 'pooled', background: true, crossEntropy: 0 },
    bank: 100,
    queryWeight: 0,
    headInitScale: 1,
  },
};

/** What makes samples and personas really differ: per-image Dice with cross-entropy, a small KL, a small first query. */
const recipe: Preset = {
  seed: 1337,
  augmentation: augmentations.recipe,
  architecture: {
    ...paper.architecture,
    widths: [16, 32, 64, 128],
    head: { ...paper.architecture.head, finalRelu: false },
    keys: 'standardised',
  },
  stage1: {
    steps: 2400,
    learningRate: 1.5e-3,
    warmup: 200,
    batch: 16,
    loss: { dice: 'per-image', background: true, crossEntropy: 1 },
    klWeight: 0.01,
    beta: 1,
    boundSamples: 4,
    weightNorms: 1e-5,
  },
  stage2: {
    steps: 100,
    learningRate: 2e-3,
    warmup: 0,
    batch: 16,
    loss: { dice: 'per-image', background: true, crossEntropy: 0 },
    bank: 100,
    queryWeight: 0.001,
    headInitScale: 0.05,
  },
};

export const presets = { paper, recipe } as const;
