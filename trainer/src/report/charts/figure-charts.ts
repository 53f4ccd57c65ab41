import { formatNumber } from '../../evaluation/format-estimate.ts';
import { calibrationFigure } from '../figures/calibration-figure.ts';
import { diceMatrixFigure } from '../figures/dice-matrix-figure.ts';
import type { Calibration, FigureData } from '../figures/figure-data.ts';
import { latentFigure } from '../figures/latent-figure.ts';
import type { Chart } from './chart.ts';
import { renderChart } from './render-chart.ts';

const two = (value: number) => formatNumber(value, { digits: 2 });

/** The paper's figures that are charts; its pictures are the page's own rows of images. */
export async function figureCharts(data: FigureData): Promise<Chart[]> {
  const { personas, diceMatrix, latent, probability, disagreement } = data;
  const rows = diceMatrix.map(
    (row, r) => `${personas[r]}: ${row.map((dice) => (dice === null ? 'none' : two(dice))).join(', ')}.`,
  );
  const planes = latent.map(
    ({ title, prompts }) =>
      `${title}: ${prompts.map(([x, y], r) => `${personas[r]} at ${two(x)}, ${two(y)}`).join('; ')}.`,
  );
  const bins = (what: string, { bins: all }: Calibration) =>
    `${what}, predicted and found: ${all.map(({ predicted, observed }) => `${two(predicted)} and ${two(observed)}`).join('; ')}.`;
  return [
    {
      title: 'Dice of each persona with each expert',
      alt: `Experts in the order ${personas.join(', ')}. ${rows.join(' ')}`,
      svg: await renderChart(diceMatrixFigure(data)),
    },
    {
      title: 'Do the samples say how raters differ? The dashed line is perfect',
      alt: `${bins('Share of raters', probability)} ${bins('Standard deviation', disagreement)}`,
      svg: await renderChart(calibrationFigure(data)),
      wide: true,
    },
    {
      title: 'Latent space: prior bank (grey) and prompts, along its principal components',
      alt: planes.join(' '),
      svg: await renderChart(latentFigure(data)),
      wide: true,
    },
  ];
}
