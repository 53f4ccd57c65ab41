import { fileURLToPath } from 'node:url';

const sample = (file: string) => fileURLToPath(new URL(`../../sample/${file}`, import.meta.url));

/** The trainings of the main job: a small model, few steps, so that all of it takes minutes on two cores. */
export const SAMPLE_STUDIES = [
  {
    name: 'lidc',
    settings: {
      data: { path: sample('lidc-idri-64.zip') },
      architecture: { widths: [8, 16, 32, 64] },
      stage1: { steps: 600, warmup: 60 },
      stage2: { steps: 60 },
    },
  },
] as const;
