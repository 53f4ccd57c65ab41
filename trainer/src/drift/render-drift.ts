import { html, type SafeHtml } from '../report/html.ts';
import { table } from '../report/simple-table.ts';
import type { DriftReport, ReaderDrift } from './drift-report.ts';

function readerRows({ persona, nights, recent, earlier, alert }: ReaderDrift): (string | number)[] {
  const course = nights.map(({ dice }) => dice.toFixed(2)).join(' ');
  const of = (value: ReaderDrift['recent']) =>
    value === null ? '–' : `${value.dice.toFixed(3)} (${value.cases} of ${value.patients} patients)`;
  return [persona, course, of(earlier), of(recent), alert ? 'yes' : 'no'];
}

/** What the drift watch found, as a part of a page. */
export function driftSection({ days, inputs, problem, readers, alerts }: DriftReport): SafeHtml {
  return html`<h3>Drift</h3>
${alerts.length === 0 ? html`<p>Nothing to look at.</p>` : html`<ul>${alerts.map((alert) => html`<li><strong>${alert}</strong></li>`)}</ul>`}
<p>Images and answers of ${days} days beside the training data${problem === '' ? '' : `: not compared, ${problem}`}</p>
${table(
  ['statistic', 'live', 'distance', 'chance', 'alert'],
  inputs.map(({ statistic, live, distance, chance, alert }) => [
    statistic,
    live,
    distance.toFixed(3),
    chance.toFixed(3),
    alert ? 'yes' : 'no',
  ]),
)}
<p>Dice of readers' outlines with what their persona drew for the same image</p>
${table(['reader', 'night by night', 'before', 'last nights', 'alert'], readers.map(readerRows))}`;
}
