import { formatNumber } from '../evaluation/format-estimate.ts';
import { protocolLine } from '../evaluation/render-table.ts';
import { caseCard } from './case-card.ts';
import { areasChart } from './charts/areas-chart.ts';
import type { Chart } from './charts/chart.ts';
import { differencesChart } from './charts/differences-chart.ts';
import { figureCharts } from './charts/figure-charts.ts';
import { learningCurves } from './charts/learning-curves.ts';
import { factList } from './fact-list.ts';
import { headline } from './headline.ts';
import { HEAT_GRADIENT } from './heat-map.ts';
import { html, type SafeHtml } from './html.ts';
import { areaTable, personaTable, setTable, swatch, volumeTable } from './metrics-tables.ts';
import type { ReportRelease, Study, Timing } from './report-data.ts';
import { scrollTable } from './scroll-table.ts';
import { standingNotes } from './standing-notes.ts';

/** One dataset and its model: result, images, figures, learning, serving, caveats, provenance. */
export async function studySection(id: string, study: Study): Promise<SafeHtml> {
  const { evaluation, provenance, cases, curves, figures, release, timings, notes } = study;
  const [areas, learning, paper, differences] = await Promise.all([
    areasChart(evaluation),
    learningCurves(curves, evaluation),
    figures === null ? [] : figureCharts(figures),
    evaluation.comparisons.length > 0 ? differencesChart(evaluation) : null,
  ]);
  return html`<section class="study" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${evaluation.protocol.dataset}</h2>
<p class="protocol">${protocolLine(evaluation)}</p>
${headline(evaluation)}
${part(
  `${id}-images`,
  'Images',
  html`${legend(evaluation.personas)}${cases.map((item, index) =>
    caseCard(`${id}-image-${index + 1}`, item, evaluation.personas),
  )}`,
)}
${part(
  `${id}-figures`,
  'Figures',
  html`${personaTable(evaluation)}
${setTable(evaluation)}
${evaluation.volumes === null ? '' : volumeTable(evaluation, evaluation.volumes)}
<div class="charts">${differences === null ? '' : chart(differences)}${chart(areas)}${paper.map(chart)}</div>
<details><summary>Areas as a table</summary>${areaTable(evaluation)}</details>`,
)}
${part(`${id}-learning`, 'Learning', html`<div class="charts">${learning.map(chart)}</div>`)}
${part(
  `${id}-serving`,
  'Release and serving',
  html`<div class="columns">${release === null ? html`<p>No release was published.</p>` : releaseFacts(release)}${timingTable(timings)}</div>`,
)}
${part(
  `${id}-notes`,
  'Read with care',
  html`<ul class="notes">${[...notes, ...standingNotes(evaluation)].map((note) => html`<li>${note}</li>`)}</ul>`,
)}
${part(`${id}-provenance`, 'Where this comes from', factList(provenance))}
</section>`;
}

function part(id: string, title: string, content: SafeHtml): SafeHtml {
  return html`<section class="part" aria-labelledby="${id}"><h3 id="${id}">${title}</h3>${content}</section>`;
}

/** Which colour is whose, and what the colours of disagreement mean. */
function legend(personas: readonly string[]): SafeHtml {
  return html`<div class="legend"><ul>${personas.map((name, r) => html`<li>${swatch(r)}${name}</li>`)}</ul>
<p>A persona has the colour of its expert; over its expert, the expert’s outline is dashed white. Outlines that share an edge lie on top of each other, the first persona’s thin on top.</p>
<p class="scale">Disagreement (standard deviation of the samples’ probability): 0 <span class="gradient" style="background:${HEAT_GRADIENT}"></span> 0.5</p></div>`;
}

function chart({ title, alt, svg, wide }: Chart): SafeHtml {
  return html`<figure class="chart"${wide ? html` data-wide=""` : ''}><figcaption>${title}</figcaption><div role="img" aria-label="${alt}">${svg}</div></figure>`;
}

function releaseFacts(release: ReportRelease): SafeHtml {
  const before = (dice: number, ged: number) =>
    `Dice ${formatNumber(dice, { digits: 4 })}, GED ${formatNumber(ged, { digits: 4 })}`;
  return factList([
    { label: 'Release', value: release.hash },
    {
      label: 'Size',
      value: `${formatNumber(release.bytes / 1e6, { digits: 2 })} MB (${release.bytes} bytes)`,
    },
    { label: 'Weights', value: release.quantization },
    { label: 'Before quantizing', value: before(release.diceBefore, release.gedBefore) },
    { label: 'After quantizing', value: before(release.diceAfter, release.gedAfter) },
    {
      label: 'Dice lost by it',
      value: formatNumber(release.diceBefore - release.diceAfter, { digits: 4 }),
    },
  ]);
}

function timingTable(timings: readonly Timing[]): SafeHtml {
  if (timings.length === 0) return html``;
  const rows = timings.map(
    ({ request, milliseconds, requests }) =>
      html`<tr><th scope="row">${request}</th><td>${formatNumber(milliseconds, { digits: milliseconds < 10 ? 1 : 0 })}</td><td>${requests}</td></tr>`,
  );
  return scrollTable(
    'Times of requests',
    html`Times of requests over HTTP, median as the client saw it.`,
    html`<thead><tr><th scope="col">request</th><th scope="col">ms</th><th scope="col">requests</th></tr></thead>
<tbody>${rows}</tbody>`,
  );
}
