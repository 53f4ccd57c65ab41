/** Markup that is safe to put into a page: made by {@link html}, which escapes whatever it is given as text. */
export class SafeHtml {
  readonly markup: string;

  constructor(markup: string) {
    this.markup = markup;
  }
}

export type HtmlValue = string | number | SafeHtml | readonly HtmlValue[];

/**
 * A template of markup whose every value is escaped, for text and for quoted attributes alike, unless it is markup
 * already; a list is its items one after another.
 * @example html`<p title="${title}">${rows.map((row) => html`<b>${row}</b>`)}</p>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): SafeHtml {
  return new SafeHtml(strings.map((string, index) => string + toMarkup(values[index] ?? '')).join(''));
}

function toMarkup(value: HtmlValue): string {
  if (value instanceof SafeHtml) return value.markup;
  if (typeof value === 'object') return value.map(toMarkup).join('');
  return escapeText(String(value));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text with the characters that mean something in markup replaced, and without control characters. */
function escapeText(text: string): string {
  return text.replace(/[^\P{Cc}\t\n\r]/gu, '').replace(/[&<>"']/g, (c) => ENTITIES[c] ?? c);
}
