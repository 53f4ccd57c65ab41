import type { TopLevelSpec } from 'vega-lite';
import { SafeHtml } from '../html.ts';

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
} as const;

/** Draws a Vega-Lite chart as SVG. The library is large, and loaded only here. */
export async function renderChart(spec: TopLevelSpec): Promise<SafeHtml> {
  const [{ compile }, { parse, View }] = await Promise.all([import('vega-lite'), import('vega')]);
  const view = new View(parse(compile({ ...spec, config: CONFIG } as TopLevelSpec).spec), {
    renderer: 'none',
  });
  try {
    return new SafeHtml(await view.toSVG());
  } finally {
    view.finalize();
  }
}
