import type { Estimate } from '../evaluation/bootstrap.ts';
import { formatInterval, formatNumber, formatPercent } from '../evaluation/format-estimate.ts';
import { volumesTitle } from '../evaluation/render-table.ts';
import {
  type Comparison,
  type Evaluation,
  METHOD_TITLES,
  type Method,
  type SetMetrics,
  type VolumeTable,
} from '../evaluation/table.ts';
import { html, type SafeHtml } from './html.ts';
import { personaColour } from './persona-colours.ts';
import { scrollTable } from './scroll-table.ts';

/** Dice by identity of every method, and what the personas' lead over it is worth. */
export function personaTable({ personas, rows, comparisons }: Evaluation): SafeHtml {
  return scrollTable(
    'Dice of each method with the raters, by identity',
    html`Dice with their own rater, by identity. Higher is better; 1 is perfect.`,
    html`<thead><tr><th scope="col">method</th><th scope="col">mean</th><th scope="col">personas minus this</th>${personas.map(
      (name, r) => html`<th scope="col">${swatch(r)}${name}</th>`,
    )}</tr></thead>
<tbody>${rows.map(
      (row) =>
        html`<tr${ours(row.method)}><th scope="row">${METHOD_TITLES[row.method]}</th>${cell(row.dicePersonaMean)}${verdictCell(
          comparisons.find(({ baseline }) => baseline === row.method),
        )}${row.dicePersona.map((estimate) => cell(estimate))}</tr>`,
    )}</tbody>`,
  );
}

/** The metrics of sets of predictions, each with the N that it depends on. */
export function setTable({ rows, raters }: Evaluation): SafeHtml {
  const setRow = (method: Method, title: string, set: SetMetrics): SafeHtml =>
    html`<tr${ours(method)}><th scope="row">${METHOD_TITLES[method]}: ${title}</th><td>${set.n}</td>${[
      set.gedPaper,
      set.gedUnbiased,
      set.diversity,
      set.diceSoft,
      set.diceMaxOfPredictions,
      set.diceMaxOfRaters,
      set.diceMatch,
    ].map((estimate) => cell(estimate))}</tr>`;
  const diversity =
    raters.diversity.mean === null ? '' : ` Two raters differ by ${formatNumber(raters.diversity.mean)}.`;
  return scrollTable(
    'Metrics of the predictions as a set',
    html`The predictions as a set. GED: lower is better, and it falls as N grows (unbiased: estimated without the pairs of a mask with itself); diversity is the mean 1 − IoU of two predictions.${diversity}`,
    html`<thead><tr><th scope="col">predictions</th><th scope="col">N</th><th scope="col">GED</th><th scope="col">GED, unbiased</th><th scope="col">diversity</th><th scope="col">Dice<sub>soft</sub></th><th scope="col">Dice<sub>max</sub>, best rater of each prediction</th><th scope="col">Dice<sub>max</sub>, best prediction for each rater</th><th scope="col">Dice<sub>match</sub></th></tr></thead>
<tbody>${rows.flatMap(({ method, samples, answers }) => [
      ...(samples === null ? [] : [setRow(method, 'samples', samples)]),
      setRow(method, method === 'd-persona' ? 'personas' : 'answers', answers),
    ])}</tbody>`,
  );
}

/** Dice over whole volumes, where images are slices of them. */
export function volumeTable({ personas }: Evaluation, table: VolumeTable): SafeHtml {
  return scrollTable(
    'Dice over whole volumes',
    html`${volumesTitle(table)}.`,
    html`<thead><tr><th scope="col">method</th><th scope="col">mean</th><th scope="col">personas minus this</th>${personas.map(
      (name, r) => html`<th scope="col">${swatch(r)}${name}</th>`,
    )}</tr></thead>
<tbody>${table.rows.map((row) => {
      const lead = table.comparisons.find(({ baseline }) => baseline === row.method);
      return html`<tr${ours(row.method)}><th scope="row">${METHOD_TITLES[row.method]}</th>${cell(row.dicePersonaMean)}${
        lead === undefined ? html`<td></td>` : cell(lead.difference)
      }${row.dicePersona.map((estimate) => cell(estimate))}</tr>`;
    })}</tbody>`,
  );
}

/** Mean areas of the experts and of every method. */
export function areaTable({ personas, protocol, raters, rows }: Evaluation): SafeHtml {
  const ranks = protocol.personaKind === 'rank';
  const areas = (list: readonly Estimate[]) => list.map((area) => cell(area, 0));
  return scrollTable(
    'Mean areas in pixels',
    html`Mean areas in pixels.${
      ranks ? ' Last column: share of images in which the areas rise from the first to the last rank.' : ''
    }`,
    html`<thead><tr><th scope="col"></th>${personas.map((name, r) => html`<th scope="col">${swatch(r)}${name}</th>`)}${
      ranks ? html`<th scope="col">rising</th>` : ''
    }</tr></thead>
<tbody><tr><th scope="row">experts</th>${areas(raters.areas)}${ranks ? html`<td>${formatPercent(raters.areasRising)}</td>` : ''}</tr>${rows.map(
      (row) =>
        html`<tr${ours(row.method)}><th scope="row">${METHOD_TITLES[row.method]}</th>${areas(row.areas)}${
          ranks ? html`<td>${formatPercent(row.areasRising)}</td>` : ''
        }</tr>`,
    )}</tbody>`,
  );
}

/** A square in the colour of a persona and its rater. */
export function swatch(persona: number): SafeHtml {
  return html`<span class="swatch" style="background:${personaColour(persona)}"></span>`;
}

/** Marks the rows that are D-Persona's own. */
function ours(method: Method): SafeHtml {
  return method === 'd-persona' ? html` class="ours"` : html``;
}

function cell(estimate: Estimate, digits = 3): SafeHtml {
  if (estimate.mean === null) return html`<td>–</td>`;
  return html`<td>${formatNumber(estimate.mean, { digits })}<small>${formatInterval(estimate, { digits })}</small></td>`;
}

const VERDICTS: Readonly<Record<Comparison['verdict'], readonly [style: string, words: string]>> = {
  beats: ['good', 'the personas beat it'],
  'no difference beyond the interval': ['neutral', 'no difference'],
  loses: ['bad', 'the personas lose to it'],
};

function verdictCell(comparison: Comparison | undefined): SafeHtml {
  if (comparison === undefined) return html`<td></td>`;
  const { difference, verdict } = comparison;
  const [style, words] = VERDICTS[verdict];
  const format = { signed: true, digits: 4 };
  return html`<td><span class="verdict ${style}">${words}</span>${
    difference.mean === null ? '–' : formatNumber(difference.mean, format)
  }<small>${formatInterval(difference, format)}</small></td>`;
}
