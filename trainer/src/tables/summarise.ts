import { z } from 'zod';
import { type BootstrapOptions, bootstrapDifference, estimateSchema } from '../evaluation/bootstrap.ts';
import type { VariantValues } from './ask-variant.ts';
import type { RowValues } from './values-file.ts';
import type { TableName } from './variants.ts';

/** Columns: their titles, and the value of an image. */
const METRICS = {
  dicePersona: { title: 'Dice_persona', of: (image: VariantValues) => image.dicePersona },
  areaStyle: { title: 'area style error', of: ({ style }: VariantValues) => style.area },
  outlineStyle: { title: 'outline style error', of: ({ style }: VariantValues) => style.outline },
  ged: { title: 'GED', of: ({ samples }: VariantValues) => samples.gedPaper },
  gedUnbiased: { title: 'GED without i = j', of: ({ samples }: VariantValues) => samples.gedUnbiased },
  diversity: { title: 'diversity', of: ({ samples }: VariantValues) => samples.diversity },
  diceSoft: { title: 'Dice_soft', of: ({ samples }: VariantValues) => samples.diceSoft },
  diceMax: { title: 'Dice_max', of: ({ samples }: VariantValues) => samples.diceMaxOfRaters },
  diceMatch: { title: 'Dice_match', of: ({ samples }: VariantValues) => samples.diceMatch },
} as const;

export type MetricName = keyof typeof METRICS;
export const metricTitle = (name: MetricName): string => METRICS[name].title;

/** Which columns a table has. */
export const COLUMNS: Readonly<Record<TableName, readonly MetricName[]>> = {
  diversity: ['ged', 'gedUnbiased', 'diversity', 'diceSoft', 'diceMax', 'diceMatch'],
  personal: ['dicePersona'],
  style: ['dicePersona', 'areaStyle', 'outlineStyle'],
  ablation: ['dicePersona', 'ged', 'gedUnbiased', 'diversity', 'diceSoft', 'diceMatch'],
};

/** Columns of which a table tells the difference too. */
export const COMPARED: Readonly<Record<TableName, readonly MetricName[]>> = {
  diversity: ['ged'],
  personal: ['dicePersona'],
  style: ['dicePersona', 'areaStyle', 'outlineStyle'],
  ablation: ['dicePersona', 'ged'],
};

const cellSchema = z.strictObject({
  /** Mean over seeds of the mean over images. */
  mean: z.number().nullable(),
  /** Standard deviation over seeds (n − 1); null of one seed. */
  deviation: z.number().nullable(),
  /** This row minus the one that all are compared with, image by image, over patients; null in that row. */
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
function overSeeds(seeds: readonly (readonly VariantValues[])[], metric: MetricName): number[] {
  const [first = []] = seeds;
  return first.map((_, i) =>
    mean(known(seeds.map((images) => METRICS[metric].of(images[i] as VariantValues)))),
  );
}

/**
 * A row beside the one that it is compared with. Seeds are averaged image by image before patients are drawn: the interval tells what the
 * choice of patients explains, the standard deviation what the seed does.
 */
export function summarise(
  row: RowResults,
  reference: RowResults,
  metrics: readonly MetricName[],
  options: BootstrapOptions,
): Row {
  const flat = ({ values }: RowResults) => values.map((folds) => folds.flatMap(({ images }) => images));
  const [own, theirs] = [flat(row), flat(reference)];
  const patients = (own[0] ?? []).map(({ patient }) => patient);
  const cells = metrics.map((metric) => {
    const means = own.map((images) => mean(known(images.map(METRICS[metric].of))));
    const center = mean(means);
    const difference =
      row.name === reference.name
        ? null
        : bootstrapDifference(overSeeds(own, metric), overSeeds(theirs, metric), patients, options);
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
