import { fileURLToPath } from 'node:url';
import { loadDataset } from '@d-persona/trainer/data/load-dataset.ts';
import type { Dataset, Sample } from '@d-persona/trainer/data/sample.ts';
import { buildConfig } from '@d-persona/trainer/run/build-config.ts';
import type { RunConfig } from '@d-persona/trainer/run/config.ts';
import type { RunData } from '@d-persona/trainer/run/run-data.ts';
import { type Reader, SMALL, WIDE } from './readers.ts';

const sample = (name: string) => fileURLToPath(new URL(`../../sample/${name}`, import.meta.url));

/** What a simulated hospital is made of. */
export interface Scenario {
  readonly readers: readonly Reader[];
  /** Nights and cases of each, unless others are asked for: as many as there are images for. */
  readonly nights: number;
  readonly cases: number;
  /** Images without which nothing is measured. */
  readonly leastMeasured: number;
  /** Whether images are mixed: their names tell what kind they are. */
  readonly mixed: boolean;
  readonly config: (steps: number) => RunConfig;
  /** The hospital's images, which the core has not seen. */
  readonly hospital: (core: RunData) => Promise<{ dataset: Dataset; samples: readonly Sample[] }>;
}

function coreConfig(data: Readonly<Record<string, unknown>>, steps: number): RunConfig {
  return buildConfig('recipe', [
    { data, consensus: false, checkpointEvery: 200 },
    { architecture: { widths: [8, 16, 32, 64] } },
    {
      stage1: { steps, warmup: Math.round(steps / 6) },
      stage2: { steps: Math.max(10, Math.round(steps / 10)) },
    },
  ]);
}

/** Real LIDC-IDRI nodules; readers who draw as no rank does, and as one does. */
const lidc: Scenario = {
  ...{ readers: [WIDE, SMALL], nights: 4, cases: 24, leastMeasured: 20, mixed: false },
  config: (steps) => coreConfig({ path: sample('lidc-idri-64.zip') }, steps),
  hospital: async ({ dataset, split }) => ({ dataset, samples: [...split.validation, ...split.test] }),
};

/** Of a set that the core has not seen, as named readers outlined it with a tool that the core has not seen either. */
const BU_BIL = ['Person2_ImageJ', 'Person5_ImageJ'];

/** BU-BIL's cells: a core of five people on two sets, and two named readers on the third, of which there is little. */
const buBil: Scenario = {
  readers: BU_BIL.map((label, r) => ({
    id: label.toLowerCase().replace('_', '-'),
    title: label,
    draw: (outlines) => outlines[r] as (typeof outlines)[number],
  })),
  ...{ nights: 3, cases: 9, leastMeasured: 8, mixed: true },
  config: (steps) =>
    coreConfig({ path: sample('bu-bil-64.zip'), sets: ['*D1', '*D2A'], raters: ['*_Amira'] }, steps),
  async hospital({ dataset: { size } }) {
    const choice = { size, sets: ['*D3'], raters: BU_BIL, readers: 'complete' as const };
    const dataset = await loadDataset(sample('bu-bil-64.zip'), choice);
    return { dataset, samples: dataset.samples };
  },
};

export const SCENARIOS: Readonly<Record<string, Scenario>> = { lidc, 'bu-bil': buBil };
