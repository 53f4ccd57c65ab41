import { readFile } from 'node:fs/promises';
import { InputError } from '@d-persona/shared/errors.ts';
import { z } from 'zod';
import { factList } from './fact-list.ts';
import { html, SafeHtml } from './html.ts';
import { type ReportData, reportDataSchema } from './report-data.ts';
import { studySection } from './study-section.ts';

/**
 * The report as one HTML page that needs nothing else: styles, images and charts are in it, and no script.
 * @throws InputError naming every field that is not as {@link reportDataSchema} has it.
 */
export async function renderReport(input: ReportData): Promise<string> {
  const { title, summary, created, software, facts, studies } = validated(input);
  const style = await readFile(new URL('page.css', import.meta.url), 'utf8');
  const sections = await Promise.all(
    studies.map((study, index) => studySection(`study-${index + 1}`, study)),
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'"/>
<meta name="color-scheme" content="light dark"/>
<title>${title}</title>
<style>${new SafeHtml(style)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
<p class="lead">${summary}</p>
${factList([...facts, { label: 'Made', value: `${created.slice(0, 16).replace('T', ' ')} UTC by ${software.name} ${software.version}` }])}
${studies.length > 1 ? contents(studies) : ''}
</header>
<main>
${sections}
</main>
</body>
</html>
`;
  return page.markup;
}

function validated(input: ReportData): ReportData {
  const parsed = reportDataSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InputError({
    code: 'bad-report-data',
    input: 'report',
    problem: `is not complete:\n${z.prettifyError(parsed.error)}`,
    remedy: 'Correct the fields that are named',
  });
}

function contents(studies: ReportData['studies']): SafeHtml {
  const links = studies.map(
    ({ evaluation }, index) =>
      html`<li><a href="#study-${index + 1}">${evaluation.protocol.dataset}</a></li>`,
  );
  return html`<nav aria-label="Datasets"><ul>${links}</ul></nav>`;
}
