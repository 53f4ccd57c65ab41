import { z } from 'zod';
import type { ImageValues } from '../evaluation/accumulate.ts';
import { type BootstrapOptions, bootstrapDifference, estimateSchema } from '../evaluation/bootstrap.ts';
import type { RowValues } from './values-file.ts';
import type { TableName } from './variants.ts';

/** Columns: their titles, and the value of an image. */
const METRICS = {
  dicePersona: { title: 'Dice_persona', of: (image: ImageValues) => image.dicePersona },
  ged: { title: 'GED', of: ({ samples }: ImageValues) => samples.gedPaper },
  gedUnbiased: { title: 'GED without i = j', of: ({ samples }: ImageValues) => samples.gedUnbiased },
  diversity: { title: 'diversity', of: ({ samples }: ImageValues) => samples.diversity },
  diceSoft: { title: 'Dice_soft', of: ({ samples }: ImageValues) => samples.diceSoft },
  diceMax: { title: 'Dice_max', of: ({ samples }: ImageValues) => samples.diceMaxOfRaters },
  diceMatch: { title: 'Dice_match', of: ({ samples }: ImageValues) => samples.diceMatch },
} as const;

export type MetricName = keyof typeof METRICS;
export const metricTitle = (name: MetricName): string => METRICS[name].title;

/** Which columns a table has. */
export const COLUMNS: Readonly<Record<TableName, readonly MetricName[]>> = {
  diversity: ['ged', 'gedUnbiased', 'diversity', 'diceSoft', 'diceMax', 'diceMatch'],
  personal: ['dicePersona'],
  ablation: ['dicePersona', 'ged', 'gedUnbiased', 'diversity', 'diceSoft', 'diceMatch'],
};

const cellSchema = z.strictObject({
  /** Mean over seeds of the mean over images. */
  mean: z.number().nullable(),
  /** Standard deviation over seeds (n − 1); null of one seed. */
  deviation: z.number().nullable(),
  /** This row minus the first, image by image, over patients; null in the first. */
  difference: estimateSchema.nullable(),
});

export const rowSchema = z.strictObject({
  name: z.string(),
  title: z.string(),
  /** Predictions N of the set metrics. */
  n: z.int(),
  seeds: z.int(),
  images: z.int(),
  trainedSeconds: z.number(),
  cells: z.record(z.string(), cellSchema),
});

export type Row = z.infer<typeof rowSchema>;

const known = (values: readonly number[]) => values.filter((value) => !Number.isNaN(value));
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample standard deviation. */
function deviation(values: readonly number[]): number | null {
  if (values.length < 2) return null;
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
}

/** Results of a row: for each seed, the values of each fold, one after the other. */
export interface RowResults {
  readonly name: string;
  readonly title: string;
  /** [seed][fold] */
  readonly values: readonly (readonly RowValues[])[];
}

/** Per-image values averaged over the seeds; NaN where no seed has one. */
function overSeeds(seeds: readonly (readonly ImageValues[])[], metric: MetricName): number[] {
  const [first = []] = seeds;
  return first.map((_, i) =>
    mean(known(seeds.map((images) => METRICS[metric].of(images[i] as ImageValues)))),
  );
}

/**
 * A row beside the first. Seeds are averaged image by image before patients are drawn: the interval tells what the
 * choice of patients explains, the standard deviation what the seed does.
 */
export function summarise(
  row: RowResults,
  first: RowResults,
  metrics: readonly MetricName[],
  options: BootstrapOptions,
): Row {
  const flat = ({ values }: RowResults) => values.map((folds) => folds.flatMap(({ images }) => images));
  const [own, reference] = [flat(row), flat(first)];
  const patients = (own[0] ?? []).map(({ patient }) => patient);
  const cells = metrics.map((metric) => {
    const means = own.map((images) => mean(known(images.map(METRICS[metric].of))));
    const center = mean(means);
    const difference =
      row.name === first.name
        ? null
        : bootstrapDifference(overSeeds(own, metric), overSeeds(reference, metric), patients, options);
    const cell = { mean: Number.isNaN(center) ? null : center, deviation: deviation(means), difference };
    return [metric, cell] as const;
  });
  return {
    name: row.name,
    title: row.title,
    n: own[0]?.[0]?.samples.n ?? 0,
    seeds: own.length,
    images: patients.length,
    trainedSeconds: row.values.flat().reduce((sum, { trainedSeconds }) => sum + trainedSeconds, 0),
    cells: Object.fromEntries(cells),
  };
}
