import { fileURLToPath } from 'node:url';
import type { TopLevelSpec } from 'vega-lite';
import { drawSvg } from '../charts/render-chart.ts';
import { onPaper, PAPER_CONFIG } from './paper-style.ts';

/** A figure in both forms. */
export interface RenderedFigure {
  readonly svg: string;
  readonly png: Uint8Array;
}

/** Print wants 300 an inch. */
const SCALE = 3;

const FONTS = [
  '400Regular/Roboto_400Regular.ttf',
  '500Medium/Roboto_500Medium.ttf',
  '700Bold/Roboto_700Bold.ttf',
];

/**
 * Draws a figure for paper: black on white, as SVG and as PNG, with a font of its own, so that it looks alike everywhere.
 *
 * @param scale pixels of the PNG for each of the SVG's
 */
export async function renderFigure(spec: TopLevelSpec, scale: number = SCALE): Promise<RenderedFigure> {
  const svg = await drawSvg(onPaper(spec), PAPER_CONFIG);
  const { Resvg } = await import('@resvg/resvg-js');
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'zoom', value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: FONTS.map((file) => fileURLToPath(import.meta.resolve(`@expo-google-fonts/roboto/${file}`))),
      defaultFontFamily: 'Roboto',
    },
  });
  return { svg, png: resvg.render().asPng() };
}
