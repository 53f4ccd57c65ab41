import type { TopLevelSpec } from 'vega-lite';
import { formatNumber } from '../../evaluation/format-estimate.ts';
import type { Calibration, FigureData } from './figure-data.ts';

/**
 * Reliability: of the mean probability of the samples against the share of raters, and of their disagreement against
 * the raters' own. On the diagonal, what is predicted is what is found.
 */
export function calibrationFigure({ probability, disagreement, samples }: FigureData): TopLevelSpec {
  const pixels = [...probability.bins, ...disagreement.bins].map((bin) => bin.pixels);
  const ticks = [100, 1000, 10_000, 100_000, 1_000_000].filter((count) => pixels.some((n) => n >= count));
  return {
    hconcat: [
      panel(
        'Probability',
        probability,
        1,
        `mean probability of ${samples} samples`,
        'share of raters who outlined the pixel',
        ticks,
      ),
      panel(
        'Disagreement',
        disagreement,
        0.5,
        `standard deviation over ${samples} samples`,
        'standard deviation over raters',
        ticks,
      ),
    ],
    resolve: { scale: { size: 'shared' } },
  };
}

function panel(
  title: string,
  { bins, error }: Calibration,
  top: number,
  x: string,
  y: string,
  ticks: readonly number[],
) {
  const scale = { domain: [0, top], nice: false };
  return {
    title: error === null ? title : `${title}: mean error ${formatNumber(error, { digits: 3 })}`,
    width: 260,
    height: 260,
    layer: [
      {
        data: { values: [{ v: 0 }, { v: top }] },
        mark: {
          type: 'line' as const,
          strokeDash: [4, 3],
          color: 'currentColor',
          opacity: 0.6,
          strokeWidth: 1,
        },
        encoding: {
          x: { field: 'v', type: 'quantitative' as const, scale },
          y: { field: 'v', type: 'quantitative' as const, scale },
        },
      },
      {
        data: { values: [...bins] },
        mark: { type: 'line' as const, color: 'var(--series-1)', strokeWidth: 1.6 },
        encoding: {
          x: { field: 'predicted', type: 'quantitative' as const, title: x, scale, axis: { tickCount: 5 } },
          y: { field: 'observed', type: 'quantitative' as const, title: y, scale, axis: { tickCount: 5 } },
        },
      },
      {
        data: { values: [...bins] },
        mark: { type: 'point' as const, filled: true, color: 'var(--series-1)', opacity: 1 },
        encoding: {
          x: { field: 'predicted', type: 'quantitative' as const, scale },
          y: { field: 'observed', type: 'quantitative' as const, scale },
          size: {
            field: 'pixels',
            type: 'quantitative' as const,
            title: 'pixels',
            scale: { type: 'sqrt' as const, range: [20, 300] },
            legend: { values: [...ticks], symbolStrokeWidth: 0, format: ',d' },
          },
        },
      },
    ],
  };
}
