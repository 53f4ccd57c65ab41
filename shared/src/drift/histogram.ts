import { z } from 'zod';

/**
 * What is watched of requests. Of the image that the model looks at: mean and standard deviation as shares of the range
 * of values (pictures alone have one), and, after standardising, skewness and the mean step between neighbours. Of the
 * answers: the share of pixels that most personas outline, and how much the personas disagree.
 */
export const statisticSchema = z.enum([
  'brightness',
  'contrast',
  'skewness',
  'roughness',
  'area',
  'disagreement',
]);

export type Statistic = z.infer<typeof statisticSchema>;

/** Bins of a histogram. What lies beyond the range counts in the first or the last one. */
export const BINS = 20;

/** Where the first bin begins and the last one ends; areas are told apart by their square roots. */
const RANGES: Readonly<Record<Statistic, readonly [low: number, high: number]>> = {
  brightness: [0, 1],
  contrast: [0, 0.5],
  skewness: [-3, 3],
  roughness: [0, 2],
  area: [0, 1],
  disagreement: [0, 1],
};

export const countsSchema = z
  .array(z.int().min(0))
  .length(BINS)
  .meta({ description: `How many fall into each of ${BINS} equal bins` });

export const histogramsSchema = z.partialRecord(statisticSchema, countsSchema);

export type Histograms = z.infer<typeof histogramsSchema>;

/** Statistics of one image or one answer; those that it does not have are left out. */
export type Observed = Readonly<Partial<Record<Statistic, number>>>;

/** The bin, 0 to {@link BINS} − 1, that a value belongs to. */
export function binOf(statistic: Statistic, value: number): number {
  const [low, high] = RANGES[statistic];
  const at = ((statistic === 'area' ? Math.sqrt(value) : value) - low) / (high - low);
  return Math.max(0, Math.min(BINS - 1, Math.floor(BINS * at)));
}

/** A histogram of nothing. */
export function noCounts(): number[] {
  return Array.from({ length: BINS }, () => 0);
}

/** The histograms of some observations. Values that are not finite are left out. */
export function histogramsOf(observations: Iterable<Observed>): Histograms {
  const histograms: Histograms = {};
  for (const observed of observations) {
    for (const [statistic, value] of entriesOf(observed)) {
      const counts = histograms[statistic] ?? noCounts();
      histograms[statistic] = counts;
      const bin = binOf(statistic, value);
      counts[bin] = (counts[bin] as number) + 1;
    }
  }
  return histograms;
}

/** What was observed and is a number. */
export function entriesOf(observed: Observed): [Statistic, number][] {
  return statisticSchema.options.flatMap((statistic) => {
    const value = observed[statistic];
    return value === undefined || !Number.isFinite(value) ? [] : [[statistic, value]];
  });
}
