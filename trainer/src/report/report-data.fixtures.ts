import { EvaluationAccumulator } from '../evaluation/accumulate.ts';
import type { FigureData } from './figures/figure-data.ts';
import type { ReportCase } from './report-case.ts';
import type { ReportData, Study } from './report-data.ts';

export const SIZE = 12;

/** A disc of ones on a small image. */
export function disc(radius: number, x = SIZE / 2, y = SIZE / 2): Uint8Array {
  return Uint8Array.from({ length: SIZE * SIZE }, (_, p) =>
    Math.hypot((p % SIZE) - x, Math.floor(p / SIZE) - y) <= radius ? 1 : 0,
  );
}

export function smallCase(): ReportCase {
  return {
    title: 'Image 1',
    height: SIZE,
    width: SIZE,
    channels: 1,
    pixels: Uint8Array.from({ length: SIZE * SIZE }, (_, p) => p),
    experts: [disc(2), null],
    personas: [disc(2.5), disc(4)],
    samples: [disc(2), disc(3), new Uint8Array(SIZE * SIZE)],
    disagreement: new Uint8Array(SIZE * SIZE).fill(90),
  };
}

/** What figures show of two personas. */
export function smallFigures(dataset: string, personas: readonly [string, string]): FigureData {
  const bins = [0.1, 0.5, 0.9].map((predicted) => ({ predicted, observed: predicted ** 2, pixels: 1000 }));
  return {
    dataset,
    personas: [...personas],
    cases: [smallCase()],
    diceMatrix: [
      [0.91, 0.62],
      [0.58, null],
    ],
    latent: [
      {
        title: 'Case 1',
        bank: Array.from({ length: 20 }, (_, i) => [Math.cos(i), Math.sin(i)] as [number, number]),
        prompts: [
          [-2, 0],
          [2, 1],
        ],
        explained: [0.7, 0.2],
      },
    ],
    probability: { bins, error: 0.12, pixels: 3000 },
    disagreement: { bins: bins.slice(0, 2), error: null, pixels: 2000 },
    images: 6,
    patients: 3,
    samples: 3,
  };
}

/** Two personas on six small images of three patients. */
export function smallStudy(dataset: string, personas: readonly [string, string]): Study {
  const accumulator = new EvaluationAccumulator(personas);
  for (let image = 0; image < 6; image++) {
    const x = 5 + 0.5 * image;
    const same = { masks: [disc(3, x), disc(3, x)] };
    accumulator.add({
      patient: `p${image % 3}`,
      raters: [disc(2, x), disc(4, x)],
      present: [true, true],
      samples: [disc(2, x), disc(3, x), disc(4, x)],
      sampleMeanProbability: Float32Array.from(disc(3, x)),
      answers: {
        'd-persona': { masks: [disc(2, x), disc(3.5, x)] },
        'consensus-unet': same,
        'prior-mean': same,
      },
    });
  }
  const evaluation = accumulator.finish({
    dataset,
    split: 'test',
    personaKind: 'rank',
    size: [SIZE, SIZE],
    resamples: 100,
    seed: 1,
  });
  return {
    evaluation,
    provenance: [{ label: 'Licence', value: 'CC BY 3.0' }],
    cases: [smallCase()],
    figures: smallFigures(dataset, personas),
    curves: [10, 20, 30].flatMap((step) => [
      { stage: 'stage1' as const, kind: 'train' as const, step, values: { total: 1 / step, kl: step / 10 } },
      { stage: 'stage1' as const, kind: 'validation' as const, step, values: { diversity: step / 100 } },
      { stage: 'stage2' as const, kind: 'train' as const, step, values: { total: 2 / step } },
    ]),
    release: {
      hash: 'a1'.repeat(32),
      bytes: 1_234_567,
      quantization: 'int8',
      diceBefore: 0.8312,
      diceAfter: 0.8309,
      gedBefore: 0.181,
      gedAfter: 0.182,
    },
    timings: [{ request: 'POST …/cases', milliseconds: 84.2, requests: 20 }],
    notes: ['A short training on a small sample.'],
  };
}

export function smallReport(...studies: Study[]): ReportData {
  return {
    title: 'How two readers would draw it',
    summary: 'Two readers, two personas.',
    created: '2026-11-25T12:00:00.000Z',
    software: { name: 'd-persona', version: '0.1.0' },
    facts: [{ label: 'Duration', value: '8 minutes' }],
    studies,
  };
}
