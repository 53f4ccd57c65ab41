import { fileURLToPath } from 'node:url';

const sample = (file: string) => fileURLToPath(new URL(`../../sample/${file}`, import.meta.url));

/** The trainings of the main job: a small model, few steps, so that all of it takes minutes on two cores. */
export const SAMPLE_STUDIES = [
  {
    name: 'lidc',
    settings: {
      data: { path: sample('lidc-idri-64.zip') },
      architecture: { widths: [8, 16, 32, 64] },
      stage1: { steps: 800, warmup: 80 },
    },
  },
  {
    // Named people with one tool. Few images: the page says how far that goes.
    name: 'cells',
    settings: {
      data: { path: sample('bu-bil-64.zip'), sets: ['*D3'], raters: ['*_Amira'] },
      architecture: { widths: [8, 16, 32, 64] },
      stage1: { steps: 400, warmup: 50, learningRate: 2e-3 },
    },
  },
] as const;
