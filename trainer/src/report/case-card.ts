import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import { formatNumber } from '../evaluation/format-estimate.ts';
import { packMasks } from '../evaluation/metrics/packed-masks.ts';
import { diceMatrix } from '../evaluation/metrics/pairwise.ts';
import { heatMapPng } from './heat-map.ts';
import { html, type SafeHtml } from './html.ts';
import { personaColour } from './persona-colours.ts';
import type { ReportCase } from './report-case.ts';
import { type Outline, picture, samePicture, tile } from './tile.ts';
import { type ImageWindow, windowOfInterest } from './window-of-interest.ts';

const SAMPLE_COLOUR = '#7fe3ff';

/**
 * One image in a row: as it is, with the experts' outlines, with the personas', each persona over its own expert,
 * some samples, and where the samples disagree.
 * @param id unique in the page.
 * @param names of the personas, in order.
 */
export function caseCard(id: string, item: ReportCase, names: readonly string[]): SafeHtml {
  const { height, width } = item;
  const expertOutlines = item.experts.flatMap((mask, r) => (mask === null ? [] : [{ mask, r }]));
  const window = windowOfInterest(
    [...expertOutlines.map(({ mask }) => mask), ...item.personas],
    height,
    width,
  );
  const whole: ImageWindow = windowOfInterest([], height, width);
  const view = { height, width, window, picture: samePicture(id) };
  const source = encodePng({ height, width, channels: item.channels, data: item.pixels });
  const heat = picture(`${id}-heat`, heatMapPng(item.disagreement, height, width), height, width);
  return html`<article class="case" aria-labelledby="${id}-title">
<h4 id="${id}-title">${item.title}</h4>
<div class="tiles">
${figure(
  'Image',
  tile({
    alt: `${item.title}: the whole image, ${width} × ${height} pixels; ${window.side < whole.side ? 'a frame marks the part that the other pictures show' : 'the other pictures show all of it'}`,
    height,
    width,
    window: whole,
    picture: picture(id, source, height, width),
    outlines: [],
    ...(window.side < whole.side && { frame: window }),
  }),
)}
${figure(
  'Experts',
  tile({
    ...view,
    alt: `Outlines of ${expertOutlines.length === 1 ? '1 expert' : `${expertOutlines.length} experts`}, ${areasOf(item.experts, names)}`,
    outlines: nested(expertOutlines, names.length, window.side),
  }),
)}
${figure(
  'Personas',
  tile({
    ...view,
    alt: `Outlines of the personas, ${areasOf(item.personas, names)}`,
    outlines: nested(
      item.personas.map((mask, r) => ({ mask, r })),
      names.length,
      window.side,
    ),
  }),
)}
${figure(
  'Disagreement',
  tile({ ...view, picture: heat, alt: 'Where the samples disagree: bright is much', outlines: [] }),
)}
</div>
<div class="strips">
<div class="strip"><h5>Each persona over its own expert</h5><div class="thumbs">${names.map((name, r) =>
    pair(item, r, name, view),
  )}</div></div>
<div class="strip"><h5>Samples of the prior</h5><div class="thumbs samples">${item.samples.map(
    (mask, index) =>
      tile({
        ...view,
        alt: `Sample ${index + 1}: ${areaOf(mask)} pixels`,
        outlines: [{ mask, colour: SAMPLE_COLOUR, stroke: 1.5, filled: true }],
      }),
  )}</div></div>
</div>
</article>`;
}

function figure(caption: string, content: SafeHtml): SafeHtml {
  return html`<figure>${content}<figcaption>${caption}</figcaption></figure>`;
}

type View = Omit<Parameters<typeof tile>[0], 'alt' | 'outlines' | 'frame'>;

/** Persona r, filled, and its expert's dashed outline, with their Dice. */
function pair({ experts, personas }: ReportCase, r: number, name: string, view: View): SafeHtml {
  const persona = personas[r] as Uint8Array;
  const expert = experts[r] ?? null;
  const colour = personaColour(r);
  const dice = expert === null ? null : diceMatrix(packMasks([persona]), packMasks([expert]))[0]?.[0];
  const result = dice == null ? 'no mask of the expert' : `Dice ${formatNumber(dice, { digits: 2 })}`;
  const outlines: Outline[] = [{ mask: persona, colour, stroke: 2, filled: true }];
  if (expert !== null) outlines.push({ mask: expert, colour: '#fff', stroke: 1.6, dashed: true });
  return html`<figure>${tile({ ...view, alt: `Persona ${name} over its expert: ${result}`, outlines })}<figcaption>${name}<br/><b>${result}</b></figcaption></figure>`;
}

/**
 * Outlines one inside the other where they share an edge: the first is drawn thin on top of the later, wider ones;
 * wider by less where the image's pixels are small.
 */
function nested(masks: readonly { mask: Uint8Array; r: number }[], count: number, side: number): Outline[] {
  const step = Math.min(Math.max(30 / side, 0.4), 1.1, 5 / Math.max(count - 1, 1));
  return masks.map(({ mask, r }) => ({ mask, colour: personaColour(r), stroke: 1.5 + step * r })).reverse();
}

function areaOf(mask: Uint8Array): number {
  return packMasks([mask]).areas[0] as number;
}

function areasOf(masks: readonly (Uint8Array | null)[], names: readonly string[]): string {
  const areas = masks.flatMap((mask, r) => (mask === null ? [] : [`${names[r]}: ${areaOf(mask)} pixels`]));
  return `areas ${areas.join(', ')}`;
}
