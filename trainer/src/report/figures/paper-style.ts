import type { Config, TopLevelSpec } from 'vega-lite';

const INK = '#1a1a1a';

/** Colours of the page's light scheme, for drawings that stand alone. */
const COLOURS: readonly (readonly [name: string, colour: string])[] = [
  ['currentColor', INK],
  ['var(--series-1)', '#0b5cad'],
  ['var(--series-2)', '#c2410c'],
  ['var(--series-3)', '#14713d'],
  ['var(--series-4)', '#8a3ffc'],
  ['var(--series-5)', '#6b7280'],
  ['var(--good)', '#14713d'],
  ['var(--neutral)', '#6b7280'],
  ['var(--bad)', '#b3261e'],
];

/** Black on white, in the font that is rendered. */
export const PAPER_CONFIG = {
  background: 'white',
  font: 'Roboto',
  padding: 10,
  view: { stroke: 'transparent' },
  axis: {
    domainColor: INK,
    domainOpacity: 0.5,
    tickColor: INK,
    tickOpacity: 0.5,
    gridColor: INK,
    gridOpacity: 0.1,
    labelColor: INK,
    titleColor: INK,
    titleFontWeight: 'normal',
    labelFontSize: 12,
    titleFontSize: 13,
  },
  legend: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 12,
    titleFontSize: 12,
    titleFontWeight: 'normal',
    symbolStrokeWidth: 3,
  },
  header: {
    labelColor: INK,
    titleColor: INK,
    labelFontSize: 13,
    titleFontSize: 13,
    titleFontWeight: 'normal',
  },
  title: { color: INK, fontSize: 14, fontWeight: 500, anchor: 'start', frame: 'group' },
} as const satisfies Config;

/** A chart of the page with colours of its own instead of the page's. */
export function onPaper(spec: TopLevelSpec): TopLevelSpec {
  const text = COLOURS.reduce((all, [name, colour]) => all.replaceAll(name, colour), JSON.stringify(spec));
  return JSON.parse(text) as TopLevelSpec;
}
