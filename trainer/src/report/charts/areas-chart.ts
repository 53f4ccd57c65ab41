import type { Estimate } from '../../evaluation/bootstrap.ts';
import { formatEstimate } from '../../evaluation/format-estimate.ts';
import type { Evaluation, Method } from '../../evaluation/table.ts';
import type { Chart } from './chart.ts';
import { renderChart } from './render-chart.ts';

/** Which methods are drawn beside the experts, under which name and in which colour. */
const SHOWN: readonly { method: Method; who: string; colour: string }[] = [
  { method: 'd-persona', who: 'personas', colour: 'var(--series-1)' },
  { method: 'consensus-unet', who: 'consensus U-Net', colour: 'var(--series-3)' },
  { method: 'consensus-unet-thresholds', who: 'its tuned thresholds', colour: 'var(--series-2)' },
];

/** Of the plot, and about that of a character of its labels; in CSS pixels. */
const WIDTH = 340;
const CHARACTER = 7;

/** Mean areas of the experts, the personas and the consensus, persona by persona, with their intervals. */
export async function areasChart({ personas, raters, rows }: Evaluation): Promise<Chart> {
  const groups = [
    { who: 'experts', colour: 'currentColor', areas: raters.areas },
    ...SHOWN.flatMap(({ method, ...group }) =>
      rows.filter((row) => row.method === method).map(({ areas }) => ({ ...group, areas })),
    ),
  ];
  const values = groups.flatMap(({ who, areas }) =>
    areas.map(({ mean, low, high }, r) => ({
      who,
      persona: personas[r],
      mean,
      low: low ?? mean,
      high: high ?? mean,
    })),
  );
  const fits = personas.every((name) => name.length * CHARACTER < WIDTH / personas.length);
  const encoding = {
    x: { field: 'persona', type: 'nominal', sort: null, title: null, axis: { labelAngle: fits ? 0 : -35 } },
    xOffset: { field: 'who', type: 'nominal', sort: null },
    color: {
      field: 'who',
      type: 'nominal',
      sort: null,
      scale: { range: groups.map(({ colour }) => colour) },
      legend: { orient: 'top', title: null, columns: 2, labelLimit: 0 },
    },
  } as const;
  const svg = await renderChart({
    width: WIDTH,
    height: 200,
    data: { values },
    encoding,
    layer: [
      {
        mark: { type: 'rule', strokeWidth: 1.5 },
        encoding: {
          y: { field: 'low', type: 'quantitative', title: 'area in pixels', axis: { tickCount: 5 } },
          y2: { field: 'high' },
        },
      },
      {
        mark: { type: 'point', filled: true, size: 60, opacity: 1 },
        encoding: { y: { field: 'mean', type: 'quantitative' } },
      },
    ],
  });
  const list = (areas: readonly Estimate[]) =>
    areas.map((area) => formatEstimate(area, { digits: 0 })).join(', ');
  const alt = `Mean areas in pixels, ${personas.join(', ')}. ${groups.map(({ who, areas }) => `${who}: ${list(areas)}.`).join(' ')}`;
  return { title: 'Mean areas, with 95 % intervals', alt, svg };
}
