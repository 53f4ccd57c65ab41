import type { DataSet } from '@d-persona/shared/dicom/dataset.ts';
import type { FrameCells } from '@d-persona/shared/dicom/pixels/decode-frame.ts';
import type { PixelLayout } from '@d-persona/shared/dicom/pixels/pixel-layout.ts';
import { colourValues } from '@d-persona/shared/dicom/values/colour.ts';
import { storedValues } from '@d-persona/shared/dicom/values/stored-values.ts';

/** Syntaxes that may lose information; a few grey levels may then differ by 1 from decoder to decoder. */
const LOSSY: ReadonlySet<string> = new Set(
  ['50', '51', '53', '55', '81', '91', '203'].map((last) => `1.2.840.10008.1.2.4.${last}`),
);
const SHARE = 0.999;

export interface Comparison {
  readonly equal: boolean;
  readonly difference: string;
}

/** Whether frames have the same pixels: all of a lossless syntax, of a lossy one 99.9 % within one grey level. */
export function comparePixels(
  ours: readonly FrameCells[],
  theirs: readonly FrameCells[],
  layout: PixelLayout,
  dataSet: DataSet,
  syntax: string,
): Comparison {
  let total = 0;
  let within = 0;
  let most = 0;
  ours.forEach((frame, i) => {
    const other = theirs[i];
    if (other === undefined) return;
    const [a, b] = [frame, other].map((cells) => valuesOf(cells, layout, dataSet)) as [
      Float32Array,
      Float32Array,
    ];
    total += a.length;
    for (let k = 0; k < a.length; k++) {
      const difference = Math.abs((a[k] as number) - (b[k] ?? Number.POSITIVE_INFINITY));
      if (difference > most) most = difference;
      if (difference <= 1) within++;
    }
  });
  const difference = `at most ${most}, ${((100 * within) / total).toFixed(3)} % within 1`;
  return { equal: most === 0 || (LOSSY.has(syntax) && within >= SHARE * total), difference };
}

/** Values that do not depend on where a decoder leaves the colour transform. */
function valuesOf(cells: FrameCells, layout: PixelLayout, dataSet: DataSet): Float32Array {
  if (layout.samples === 1) return storedValues(cells.cells, layout);
  return colourValues(cells, layout, dataSet).map(Math.round);
}
