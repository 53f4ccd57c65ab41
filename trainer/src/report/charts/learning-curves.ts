import type { TopLevelSpec } from 'vega-lite';
import type { Evaluation } from '../../evaluation/table.ts';
import type { MetricsRecord } from '../../run/metrics-log.ts';
import type { Chart } from './chart.ts';
import { renderChart } from './render-chart.ts';

interface Point {
  readonly step: number;
  readonly value: number;
  readonly series: string;
}

interface Panel {
  readonly title: string;
  /** Stage by stage, training before validation. */
  readonly order: number;
  readonly points: Point[];
  /** A line to compare with. */
  readonly level?: { readonly value: number; readonly label: string };
}

const STAGE_TITLES: Readonly<Record<MetricsRecord['stage'], string>> = {
  stage1: 'Stage I',
  stage2: 'Stage II',
  consensus: 'Consensus U-Net',
};

const ORDER = (['stage1', 'stage2', 'consensus'] as const).flatMap((stage) => [
  `${stage} train`,
  `${stage} validation`,
]);

/** Points of one line at most; longer logs are averaged in groups. */
const MOST_POINTS = 240;

/**
 * Charts of `metrics.jsonl`: for each stage the terms of the loss, the KL divergence apart (its scale is another),
 * and each figure on the validation patients; diversity beside the raters' own.
 */
export async function learningCurves(
  records: readonly MetricsRecord[],
  { raters }: Evaluation,
): Promise<Chart[]> {
  return Promise.all(panelsOf(records, raters.diversity.mean).map(drawPanel));
}

/** The same charts as one drawing. */
export function learningCurvesFigure(
  records: readonly MetricsRecord[],
  raterDiversity: number | null,
): TopLevelSpec {
  const curves = panelsOf(records, raterDiversity).filter(
    ({ points }) => new Set(points.map(({ step }) => step)).size > 1,
  );
  const panels = curves.map((panel) => ({
    ...panelSpec(panel, linesOf(panel)),
    title: panel.title,
  }));
  return { concat: panels, columns: 3, resolve: { scale: { color: 'independent' } } } as TopLevelSpec;
}

function panelsOf(records: readonly MetricsRecord[], raterDiversity: number | null): Panel[] {
  const panels = new Map<string, Panel>();
  for (const { stage, kind, step, values } of records) {
    for (const [series, value] of Object.entries(values)) {
      const title = panelTitle(stage, kind, series);
      const panel = panels.get(title) ?? {
        title,
        order: ORDER.indexOf(`${stage} ${kind}`),
        points: [],
        ...levelFor(series, raterDiversity),
      };
      panels.set(title, panel);
      panel.points.push({ step, value, series: words(series) });
    }
  }
  return [...panels.values()].sort((a, b) => a.order - b.order); // stable: KL stays after the loss
}

function panelTitle(stage: MetricsRecord['stage'], kind: MetricsRecord['kind'], series: string): string {
  if (series === 'raterDiversity') return panelTitle(stage, kind, 'diversity'); // beside the samples'
  if (kind === 'validation') return `${STAGE_TITLES[stage]}: ${words(series)} (validation)`;
  return `${STAGE_TITLES[stage]}: ${series === 'kl' ? 'KL divergence' : 'loss'}`;
}

/** `dicePersonaMean` and `dice_persona_mean` as words. */
function words(name: string): string {
  return name
    .replace(/_/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/^ged\b/, 'GED')
    .replace(/^kl\b/, 'KL')
    .replace(/^dice\b/, 'Dice');
}

function levelFor(series: string, diversity: number | null): Pick<Panel, 'level'> {
  if (series !== 'diversity' || diversity === null) return {};
  return { level: { value: diversity, label: "the raters' diversity (test)" } };
}

async function drawPanel(panel: Panel): Promise<Chart> {
  const lines = linesOf(panel);
  const svg = await renderChart(panelSpec(panel, lines));
  return { title: panel.title, svg, alt: `${panel.title}. ${lines.map(describe).join(' ')}` };
}

function linesOf({ points }: Panel): Point[][] {
  const series = [...new Set(points.map((point) => point.series))];
  return series.map((name) => thin(points.filter((point) => point.series === name)));
}

function panelSpec({ points, level }: Panel, lines: readonly (readonly Point[])[]): TopLevelSpec {
  const colour = { field: 'series', type: 'nominal', sort: null, scale: { range: SERIES_COLOURS } } as const;
  return {
    width: 300,
    height: 150,
    layer: [
      {
        data: { values: lines.flat() },
        mark: { type: 'line', strokeWidth: 1.6, interpolate: 'linear', point: points.length < 20 },
        encoding: {
          x: { field: 'step', type: 'quantitative', title: 'step', axis: { tickCount: 5, format: 'd' } },
          y: {
            field: 'value',
            type: 'quantitative',
            title: null,
            axis: { tickCount: 5, format: '.3~g' },
            scale: { zero: false },
          },
          color: { ...colour, legend: lines.length > 1 ? { orient: 'top', title: null } : null },
        },
      },
      ...(level === undefined
        ? []
        : [
            {
              data: { values: [level] },
              mark: { type: 'rule' as const, strokeDash: [4, 3], color: 'currentColor', opacity: 0.7 },
              encoding: { y: LEVEL },
            },
            {
              data: { values: [level] },
              mark: { type: 'text' as const, ...LEVEL_TEXT, text: level.label },
              encoding: { y: LEVEL, x: { value: 0 } },
            },
          ]),
    ],
  };
}

const SERIES_COLOURS = [
  'var(--series-1)',
  'var(--series-2)',
  'var(--series-3)',
  'var(--series-4)',
  'var(--series-5)',
];

/** Means of as many neighbours as it takes to keep the line short. */
function thin(line: readonly Point[]): Point[] {
  const group = Math.ceil(line.length / MOST_POINTS);
  return Array.from({ length: Math.ceil(line.length / group) }, (_, index) => {
    const some = line.slice(index * group, (index + 1) * group);
    const last = some.at(-1) as Point;
    return { ...last, value: some.reduce((sum, point) => sum + point.value, 0) / some.length };
  });
}

const LEVEL = { field: 'value', type: 'quantitative' } as const;
const LEVEL_TEXT = {
  align: 'left',
  baseline: 'bottom',
  dx: 4,
  dy: -2,
  color: 'currentColor',
  fontSize: 11,
} as const;

function describe(line: readonly Point[]): string {
  const [first, last] = [line[0] as Point, line.at(-1) as Point];
  return `${first.series}: ${first.value.toPrecision(3)} at step ${first.step}, ${last.value.toPrecision(3)} at step ${last.step}.`;
}
