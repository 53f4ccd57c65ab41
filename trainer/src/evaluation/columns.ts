import type { Estimate } from './bootstrap.ts';
import { packMasks } from './metrics/packed-masks.ts';
import { iouDistanceMatrix } from './metrics/pairwise.ts';
import { mean, type Present } from './metrics/present.ts';
import type { SetValues } from './set-metrics.ts';
import type { SetMetrics } from './table.ts';

/** What is kept of a method's answers: values of each image, no masks. NaN where a rater is missing. */
export interface Columns {
  readonly samples: SetValues[];
  readonly answers: SetValues[];
  /** [image][persona] */
  readonly dicePersona: number[][];
  readonly areas: number[][];
  readonly areasRising: number[];
}

export function emptyColumns(): Columns {
  return { samples: [], answers: [], dicePersona: [], areas: [], areasRising: [] };
}

/** @throws Error where the number of predictions changes from image to image: such a mean would mean nothing. */
export function estimateSet(
  images: readonly SetValues[],
  estimate: (values: readonly number[]) => Estimate,
): SetMetrics {
  const n = (images[0] as SetValues).n;
  if (images.some((image) => image.n !== n)) {
    throw new Error('not every image has the same number of predictions');
  }
  const column = (key: keyof SetValues): Estimate => estimate(images.map((image) => image[key]));
  return {
    n,
    gedPaper: column('gedPaper'),
    gedUnbiased: column('gedUnbiased'),
    diversity: column('diversity'),
    diceSoft: column('diceSoft'),
    diceMaxOfPredictions: column('diceMaxOfPredictions'),
    diceMaxOfRaters: column('diceMaxOfRaters'),
    diceMatch: column('diceMatch'),
  };
}

/** Mean 1 − IoU of two different masks; NaN of one. */
export function diversityOf(masks: readonly Uint8Array[]): number {
  const packed = packMasks(masks);
  return mean(iouDistanceMatrix(packed, packed).flatMap((row, i) => row.slice(i + 1)));
}

export function maskOut(values: readonly number[], present: Present): number[] {
  return values.map((value, index) => (present[index] ? value : Number.NaN));
}

/** Mean of the values that are there; NaN of none. */
export function meanOfKnown(values: readonly number[]): number {
  return mean(values.filter((value) => !Number.isNaN(value)));
}

/** 1 if no value is below the one before it and the last is above the first, 0 if not; NaN of one value. */
export function rises(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN;
  const never = values.every((value, index) => index === 0 || value >= (values[index - 1] as number));
  return never && (values.at(-1) as number) > (values[0] as number) ? 1 : 0;
}
