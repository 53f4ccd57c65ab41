import { html, type SafeHtml } from './html.ts';
import type { Fact } from './report-data.ts';

/** Labels and values, as on a data sheet. */
export function factList(facts: readonly Fact[]): SafeHtml {
  return html`<dl class="facts">${facts.map(({ label, value }) => html`<div><dt>${label}</dt><dd>${value}</dd></div>`)}</dl>`;
}
