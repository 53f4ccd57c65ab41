/** Widths of characters in ems, as wide sans serif fonts (DejaVu Sans, Verdana) have them, by kind. */
const WIDTHS: readonly (readonly [kind: RegExp, ems: number])[] = [
  [/[ijl.,:;'|!\u2019]/, 0.28],
  [/[ frtI()[\]\-–−/]/, 0.37],
  [/[mwMW%]/, 0.93],
  [/[A-Z]/, 0.69],
  [/[0-9]/, 0.64],
];
const OTHERS = 0.6;

/**
 * About how wide a text is at most: the font of a page is its reader's. Vega measures texts with a canvas, and where
 * there is none takes 0.8 em a character, which leaves holes in every figure.
 */
export function textWidth(text: string, fontSize: number): number {
  const ems = Array.from(text, (c) => WIDTHS.find(([kind]) => kind.test(c))?.[1] ?? OTHERS);
  return fontSize * ems.reduce((sum, width) => sum + width, 0);
}
