import { join } from 'node:path';
import type { TopLevelSpec } from 'vega-lite';
import type { Evaluation } from '../../evaluation/table.ts';
import { writeFileAtomically } from '../../run/atomic-file.ts';
import type { MetricsRecord } from '../../run/metrics-log.ts';
import { learningCurvesFigure } from '../charts/learning-curves.ts';
import { calibrationFigure } from './calibration-figure.ts';
import { diceMatrixFigure } from './dice-matrix-figure.ts';
import type { FigureData } from './figure-data.ts';
import { latentFigure } from './latent-figure.ts';
import { diversityFigure, personalFigure } from './outline-figures.ts';
import { renderFigure } from './render-figure.ts';

/** A figure: its file's name, what it shows, and how it is drawn. */
export interface Figure {
  readonly name: string;
  readonly caption: string;
  readonly spec: TopLevelSpec;
}

/** All figures of a model. */
export function figuresOf(
  data: FigureData,
  curves: readonly MetricsRecord[],
  raterDiversity: Evaluation['raters']['diversity']['mean'],
): Figure[] {
  const of = `${data.dataset}: ${data.images} test images of ${data.patients} patients, ${data.samples} samples.`;
  return [
    {
      name: 'dice-matrix',
      caption: `Mean Dice of each persona with each expert. ${of}`,
      spec: diceMatrixFigure(data),
    },
    {
      name: 'diversified-outlines',
      caption: `The experts' outlines; samples of the prior, from the smallest to the largest; standard deviation over the samples, bright where they disagree. ${of}`,
      spec: diversityFigure(data),
    },
    {
      name: 'personalised-outlines',
      caption: `Each persona's outline, its expert's dashed, from the first persona to the last. ${of}`,
      spec: personalFigure(data),
    },
    {
      name: 'latent-space',
      caption: `The prior bank (grey) and the personas' prompts of the same images, each in the plane of its bank's two principal components. ${of}`,
      spec: latentFigure(data),
    },
    {
      name: 'calibration',
      caption: `What the samples say of a pixel against what the raters drew there, over pixels that either touches; the dashed line is perfect. ${of}`,
      spec: calibrationFigure(data),
    },
    ...(curves.length === 0
      ? []
      : [
          {
            name: 'learning-curves',
            caption: 'Losses in training, and figures on the validation patients.',
            spec: learningCurvesFigure(curves, raterDiversity),
          },
        ]),
  ];
}

/** Writes each figure as PNG and SVG, and their captions as text. @param scale as of {@link renderFigure} @returns the paths written */
export async function writeFigures(
  figures: readonly Figure[],
  folder: string,
  scale?: number,
): Promise<string[]> {
  const written: string[] = [];
  const write = async (name: string, bytes: Uint8Array) => {
    const path = join(folder, name);
    await writeFileAtomically(path, bytes);
    written.push(path);
  };
  for (const { name, spec } of figures) {
    const { svg, png } = await renderFigure(spec, scale);
    await write(`${name}.svg`, new TextEncoder().encode(svg));
    await write(`${name}.png`, png);
  }
  const captions = figures.map(({ name, caption }) => `${name}: ${caption}\n`).join('');
  await write('captions.txt', new TextEncoder().encode(captions));
  return written;
}
