import { html, type SafeHtml } from './html.ts';

/**
 * A table under a caption. It scrolls by itself on a narrow screen, its caption staying in view, and can be reached by
 * the keyboard.
 * @param name for those who hear it rather than see it.
 * @param rows thead and tbody.
 */
export function scrollTable(name: string, caption: SafeHtml, rows: SafeHtml): SafeHtml {
  return html`<div class="table"><p class="caption">${caption}</p><div class="scroll" role="region" aria-label="${name}" tabindex="0"><table aria-label="${name}">${rows}</table></div></div>`;
}
