import { formatNumber } from './format-estimate.ts';
import type { Stratum } from './table.ts';

/** What an image is sorted by. */
export interface ImageTraits {
  /** The raters' mean area, pixels. */
  readonly area: number;
  /** Raters that outlined it. */
  readonly raters: number;
  /** Their mean distance 1 − IoU; NaN of one. */
  readonly disagreement: number;
}

/** A part of the images: for each of them whether it belongs. */
export interface Part extends Pick<Stratum, 'by' | 'title'> {
  readonly has: readonly boolean[];
}

/**
 * Divides images by size of what is outlined, by number of raters and by how far those are apart: terciles of the
 * values that are there, and each number of raters where there are several.
 */
export function divide(images: readonly ImageTraits[]): Part[] {
  const counts = [...new Set(images.map(({ raters }) => raters))].sort((a, b) => a - b);
  const byCount = counts.map(
    (count): Part => ({
      by: 'raters',
      title: `${count} ${count === 1 ? 'rater' : 'raters'}`,
      has: images.map(({ raters }) => raters === count),
    }),
  );
  return [
    ...terciles('area', 'mean area, pixels', 0, images),
    ...(counts.length > 1 ? byCount : []),
    ...terciles('disagreement', "raters' mean distance 1 − IoU", 2, images),
  ];
}

function terciles(
  by: 'area' | 'disagreement',
  title: string,
  digits: number,
  images: readonly ImageTraits[],
): Part[] {
  const values = images.map((image) => image[by]);
  const sorted = values.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (sorted.length < 3) return [];
  const cuts = [1, 2].map((third) => sorted[Math.floor((third * sorted.length) / 3)] as number);
  const limits = [Number.NEGATIVE_INFINITY, ...cuts, Number.POSITIVE_INFINITY];
  const parts = [0, 1, 2].map((third): Part => {
    const has = values.map(
      (value) => value >= (limits[third] as number) && value < (limits[third + 1] as number),
    );
    const own = values.filter((_, i) => has[i]);
    const range = [Math.min(...own), Math.max(...own)].map((value) => formatNumber(value, { digits }));
    return { by, title: `${title} ${range.join(' to ')}`, has };
  });
  return parts.filter(({ has }) => has.includes(true));
}
