import type { Estimate } from '../evaluation/bootstrap.ts';
import { formatInterval, formatNumber } from '../evaluation/format-estimate.ts';
import type { Comparison, Evaluation } from '../evaluation/table.ts';
import { html, type SafeHtml } from './html.ts';

/** The figures that matter most, large, and a sentence for each baseline. */
export function headline({ protocol, rows, raters, comparisons }: Evaluation): SafeHtml {
  const ours = rows.find(({ method }) => method === 'd-persona');
  if (ours === undefined) return html``;
  const { samples } = ours;
  const figures = [
    keyFigure('Dice of a persona with its own rater', ours.dicePersonaMean),
    samples && keyFigure(`GED of ${samples.n} samples`, samples.gedPaper),
    samples &&
      keyFigure(
        'Diversity of the samples',
        samples.diversity,
        raters.diversity.mean === null ? '' : `the raters: ${formatNumber(raters.diversity.mean)}`,
      ),
    protocol.personaKind === 'rank' && risingFigure(ours.areasRising),
  ];
  return html`<div class="figures">${figures.filter((figure) => figure instanceof Object)}</div>
<ul class="verdicts">${comparisons.map(
    ({ sentence, verdict }) =>
      html`<li class="${MARKS[verdict][0]}"><span class="mark" aria-hidden="true">${MARKS[verdict][1]}</span> ${sentence}</li>`,
  )}</ul>`;
}

const MARKS: Readonly<Record<Comparison['verdict'], readonly [style: string, sign: string]>> = {
  beats: ['good', '▲'],
  'no difference beyond the interval': ['neutral', '='],
  loses: ['bad', '▼'],
};

function keyFigure(title: string, estimate: Estimate, remark = ''): SafeHtml {
  if (estimate.mean === null) return html``;
  const interval = formatInterval(estimate);
  return html`<div><strong>${formatNumber(estimate.mean)}</strong><span>${title}</span><small>${
    interval === '' ? '' : `95 % ${interval}`
  }${remark === '' ? '' : html`<br/>${remark}`}</small></div>`;
}

function risingFigure({ mean }: Estimate): SafeHtml {
  if (mean === null) return html``;
  return html`<div><strong>${formatNumber(100 * mean, { digits: 0 })} %</strong><span>Images in which the personas’ areas rise from the first to the last</span></div>`;
}
