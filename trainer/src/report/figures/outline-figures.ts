import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import type { TopLevelSpec } from 'vega-lite';
import { formatNumber } from '../../evaluation/format-estimate.ts';
import { packMasks } from '../../evaluation/metrics/packed-masks.ts';
import { diceMatrix } from '../../evaluation/metrics/pairwise.ts';
import { heatMapPng } from '../heat-map.ts';
import { personaColour } from '../persona-colours.ts';
import type { ReportCase } from '../report-case.ts';
import { type ImageWindow, windowOfInterest } from '../window-of-interest.ts';
import type { FigureData } from './figure-data.ts';
import { type FigureTile, type TileOutline, tilesFigure } from './tiles-figure.ts';

/** Samples that are shown of all: evenly over their areas. */
const SAMPLES = 5;
const EXPERT = 'Expert: ';
const SAMPLE = 'Sample';
const SAMPLE_COLOUR = '#7fe3ff';

/**
 * Diversified outlines (Figure 4 of the paper): the image, the experts, samples of the prior from the smallest to the
 * largest, and where all samples disagree.
 */
export function diversityFigure({ cases, personas }: FigureData): TopLevelSpec {
  const tiles = cases.flatMap((item): FigureTile[] => {
    const view = viewOf(item);
    const heat = heatMapPng(
      cropped(item.disagreement, item.width, 1, view.window),
      view.window.side,
      view.window.side,
    );
    const samples = spreadByArea(item.samples, SAMPLES);
    return [
      { ...view, column: 'Image', outlines: [] },
      { ...view, column: 'Experts', outlines: nested(item.experts, personas, EXPERT) },
      ...samples.map(
        (mask, i): FigureTile => ({ ...view, column: `Sample ${i + 1}`, outlines: [{ who: SAMPLE, mask }] }),
      ),
      { ...view, column: 'Disagreement', png: heat, outlines: [] },
    ];
  });
  return tilesFigure(tiles, {
    names: [...personas.map((name) => `${EXPERT}${name}`), SAMPLE],
    colours: [...personas.map((_, r) => personaColour(r)), SAMPLE_COLOUR],
  });
}

/** Personalised outlines over their experts' (Figure 5): each persona in its colour, its expert dashed, and their Dice. */
export function personalFigure({ cases, personas }: FigureData): TopLevelSpec {
  const tiles = cases.flatMap((item): FigureTile[] => {
    const view = viewOf(item);
    return [
      { ...view, column: 'Image', outlines: [] },
      ...personas.map((name, r): FigureTile => {
        const mask = item.personas[r] as Uint8Array;
        const expert = item.experts[r] ?? null;
        const dice = expert && (diceMatrix(packMasks([mask]), packMasks([expert]))[0]?.[0] as number);
        return {
          ...view,
          column: name,
          outlines: [{ who: name, mask }, ...(expert ? [{ who: name, mask: expert, dashed: true }] : [])],
          note: dice === null ? 'no mask' : `Dice ${formatNumber(dice, { digits: 2 })}`,
        };
      }),
      { ...view, column: 'All personas', outlines: nested(item.personas, personas, '') },
    ];
  });
  return tilesFigure(tiles, { names: personas, colours: personas.map((_, r) => personaColour(r)) });
}

function viewOf(item: ReportCase): Omit<FigureTile, 'column' | 'outlines'> {
  const { height, width, channels, title } = item;
  const there = item.experts.flatMap((mask) => (mask === null ? [] : [mask]));
  const window = windowOfInterest([...there, ...item.personas], height, width);
  const { side } = window;
  const data = cropped(item.pixels, width, channels, window);
  return { row: title, window, width, height, png: encodePng({ height: side, width: side, channels, data }) };
}

/** The pixels of a window; those beyond the image are 0. */
function cropped(
  data: Uint8Array,
  width: number,
  channels: number,
  { left, top, side }: ImageWindow,
): Uint8Array {
  const height = data.length / width / channels;
  const out = new Uint8Array(side * side * channels);
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const [column, row] = [Math.round(left) + x, Math.round(top) + y];
      if (column < 0 || row < 0 || column >= width || row >= height) continue;
      for (let c = 0; c < channels; c++) {
        out[(y * side + x) * channels + c] = data[(row * width + column) * channels + c] as number;
      }
    }
  }
  return out;
}

/** Outlines that share edges lie on each other, the first thin on top of later, wider ones. */
function nested(
  masks: readonly (Uint8Array | null)[],
  personas: readonly string[],
  prefix: string,
): TileOutline[] {
  return masks
    .flatMap((mask, r): TileOutline[] =>
      mask === null ? [] : [{ who: `${prefix}${personas[r]}`, mask, stroke: 1.3 + 0.7 * r }],
    )
    .reverse();
}

/** Some of the masks, from the smallest to the largest by even steps. */
function spreadByArea(masks: readonly Uint8Array[], count: number): Uint8Array[] {
  const { areas } = packMasks(masks);
  const order = [...masks.keys()].sort((a, b) => (areas[a] as number) - (areas[b] as number) || a - b);
  const steps = Math.min(count, order.length);
  return Array.from({ length: steps }, (_, i) => {
    const at = steps === 1 ? 0 : Math.round((i * (order.length - 1)) / (steps - 1));
    return masks[order[at] as number] as Uint8Array;
  });
}
