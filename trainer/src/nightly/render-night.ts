import { readFile } from 'node:fs/promises';
import { driftSection } from '../drift/render-drift.ts';
import { html, SafeHtml } from '../report/html.ts';
import { table } from '../report/simple-table.ts';
import type { HospitalReport, NightHead, NightReader } from './night-results.ts';
import type { NightReport } from './run-nightly.ts';

const dice = (value: number | null) => (value === null ? '–' : value.toFixed(3));

function headRow({ persona, from, trainedOn, judgement, seconds }: NightHead): (string | number)[] {
  const { before, after, decision, reason } = judgement;
  return [persona, from, trainedOn.length, dice(before), dice(after), decision, reason, seconds.toFixed(0)];
}

function readerRow({ persona, cases, newCases, withdrawn, due, reason }: NightReader): (string | number)[] {
  return [persona, cases, newCases, withdrawn, due ? 'yes' : 'no', reason];
}

function hospitalSection(report: HospitalReport): SafeHtml {
  const { hospital, decision, reason, taken, withdrawn, setAside, readers, heads, minutes, dollars } = report;
  const release = report.release === null ? 'none' : report.release.slice(0, 12);
  return html`<section>
<h2>${hospital}: ${decision}</h2>
<p class="lead">${reason}</p>
<p>${taken} annotations taken, ${setAside.length} of them set aside, ${withdrawn} withdrawn. Data version
${report.dataVersion.slice(0, 12)}, parent release ${report.parent.slice(0, 12)}, new release ${release}.
Earlier trial: ${report.trial.outcome}${report.trial.reason === '' ? '' : `, ${report.trial.reason}`}.
${minutes.toFixed(1)} minutes, $${dollars.toFixed(2)}.</p>
<h3>Heads</h3>
${table(['reader', 'began as', 'cases', 'Dice before', 'Dice after', 'decision', 'why', 'seconds'], heads.map(headRow))}
<h3>Readers</h3>
${table(['reader', 'cases', 'new', 'withdrawn', 'trained', 'why'], readers.map(readerRow))}
<h3>Set aside for a person to look at</h3>
${table(
  ['annotation', 'reader', 'why'],
  setAside.map(({ annotation, persona, reason: why }) => [annotation, persona, why]),
)}
${report.drift === null ? '' : driftSection(report.drift)}
</section>`;
}

/** A night's report as one HTML page that needs nothing else. */
export async function renderNight({ night, hospitals, failures }: NightReport): Promise<string> {
  const style = await readFile(new URL('../report/page.css', import.meta.url), 'utf8');
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'"/>
<title>Night ${night}</title>
<style>${new SafeHtml(style)}</style>
</head>
<body>
<header><h1>Night ${night}</h1></header>
<main>
${failures.map(({ hospital, problem }) => html`<section><h2>${hospital}: failed</h2><p class="lead">${problem}</p></section>`)}
${hospitals.map(hospitalSection)}
</main>
</body>
</html>
`.markup;
}
