import type { SafeHtml } from '../html.ts';

/** A drawing for the page. */
export interface Chart {
  readonly title: string;
  /** What is to be seen, in words. */
  readonly alt: string;
  readonly svg: SafeHtml;
  /** Takes a whole row of the page. */
  readonly wide?: boolean;
}
