import { html, type SafeHtml } from './html.ts';

/** A table of text and numbers; `None.` without rows. */
export function table(head: readonly string[], rows: readonly (readonly (string | number)[])[]): SafeHtml {
  if (rows.length === 0) return html`<p>None.</p>`;
  return html`<table><thead><tr>${head.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell) => html`<td>${cell}</td>`)}</tr>`)}</tbody></table>`;
}
