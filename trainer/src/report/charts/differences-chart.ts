import { type Evaluation, METHOD_TITLES, type Verdict } from '../../evaluation/table.ts';
import type { Chart } from './chart.ts';
import { renderChart } from './render-chart.ts';

const COLOURS: Readonly<Record<Verdict, string>> = {
  beats: 'var(--good)',
  'no difference beyond the interval': 'var(--neutral)',
  loses: 'var(--bad)',
};

/** The personas minus each baseline, in Dice by identity, with 95 % intervals; the line of no difference at 0. */
export async function differencesChart({ comparisons }: Evaluation): Promise<Chart> {
  const values = comparisons.map(({ baseline, difference: { mean, low, high }, verdict }) => ({
    baseline: METHOD_TITLES[baseline],
    mean,
    low: low ?? mean,
    high: high ?? mean,
    verdict,
  }));
  const svg = await renderChart({
    width: 220,
    height: { step: 40 },
    data: { values },
    layer: [
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: 'rule', strokeDash: [4, 3] },
        encoding: {
          x: { field: 'zero', type: 'quantitative' },
          color: { value: 'currentColor' },
          y: { value: 0 },
          y2: { value: 'height' },
        },
      },
      {
        mark: { type: 'rule', strokeWidth: 2.5 },
        encoding: {
          x: {
            field: 'low',
            type: 'quantitative',
            title: 'difference of Dice by identity',
            axis: { tickCount: 5 },
          },
          x2: { field: 'high' },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 90, opacity: 1 },
        encoding: { x: { field: 'mean', type: 'quantitative' } },
      },
    ],
    encoding: {
      y: {
        field: 'baseline',
        type: 'nominal',
        sort: null,
        title: null,
        axis: { labelLimit: 0, maxExtent: 140, labelExpr: "split(datum.label, ' with ')" },
      },
      color: {
        field: 'verdict',
        type: 'nominal',
        scale: { domain: Object.keys(COLOURS), range: Object.values(COLOURS) },
        legend: null,
      },
    },
  });
  return {
    title: 'Personas minus baseline, with 95 % intervals',
    alt: comparisons.map(({ sentence }) => sentence).join(' '),
    svg,
  };
}
