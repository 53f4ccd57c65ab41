import type { Config, TopLevelSpec } from 'vega-lite';
import { SafeHtml } from '../html.ts';
import { textWidth } from './text-width.ts';

/** Text and lines take the page's colours, so that one drawing serves light and dark. */
const CONFIG = {
  background: 'transparent',
  font: 'inherit',
  view: { stroke: 'transparent' },
  axis: {
    domainColor: 'currentColor',
    domainOpacity: 0.4,
    tickColor: 'currentColor',
    tickOpacity: 0.4,
    gridColor: 'currentColor',
    gridOpacity: 0.12,
    labelColor: 'currentColor',
    titleColor: 'currentColor',
    titleFontWeight: 'normal',
    labelFontSize: 12,
    titleFontSize: 12,
  },
  legend: { labelColor: 'currentColor', titleColor: 'currentColor', labelFontSize: 12, symbolStrokeWidth: 3 },
  title: { color: 'currentColor', fontSize: 13, anchor: 'start' },
} as const satisfies Config;

/** Draws a Vega-Lite chart as SVG for the page. */
export async function renderChart(spec: TopLevelSpec): Promise<SafeHtml> {
  return new SafeHtml(await drawSvg(spec, CONFIG));
}

/** Draws a Vega-Lite chart as SVG. The library is large, and loaded only here. */
export async function drawSvg(spec: TopLevelSpec, config: Config): Promise<string> {
  const [{ compile }, vega] = await Promise.all([import('vega-lite'), import('vega')]);
  const { parse, View } = vega;
  measureTexts(vega);
  const view = new View(parse(compile({ ...spec, config }).spec), { renderer: 'none' });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Where Vega keeps how it measures texts; its types do not know it. */
interface Measuring {
  readonly textMetrics?: {
    width: (item: { readonly fontSize?: number }, text: unknown) => number;
  };
}

function measureTexts(vega: object): void {
  const { textMetrics } = vega as Measuring;
  if (textMetrics === undefined) return;
  textMetrics.width = ({ fontSize = 11 }, text) => textWidth(String(text ?? ''), fontSize);
}
