import { z } from 'zod';
import { estimateSchema } from './bootstrap.ts';

/** Who answers for the personas: the model, and what it must be measured against. */
export const methodSchema = z.enum([
  'd-persona',
  /** One U-Net of the same size and steps, trained on all raters' masks; the same mask for every persona. */
  'consensus-unet',
  /** Its probability map cut at one threshold a persona, tuned on validation: a dial for size. */
  'consensus-unet-thresholds',
  /** The decoder at the mean of the prior. */
  'prior-mean',
  /** The decoder at one sample of the prior. */
  'random-prior-sample',
]);
export type Method = z.infer<typeof methodSchema>;
export type Baseline = Exclude<Method, 'd-persona'>;

export const METHOD_TITLES: Readonly<Record<Method, string>> = {
  'd-persona': 'D-Persona',
  'consensus-unet': 'consensus U-Net',
  'consensus-unet-thresholds': 'consensus U-Net with tuned thresholds',
  'prior-mean': 'prior mean',
  'random-prior-sample': 'random prior sample',
};

/** Metrics of a set of predictions as a set, without saying which is whose. */
export const setMetricsSchema = z.strictObject({
  /** Number of predictions N that all of these depend on. */
  n: z.int().positive(),
  gedPaper: estimateSchema,
  gedUnbiased: estimateSchema,
  diversity: estimateSchema,
  diceSoft: estimateSchema,
  /** Mean over the predictions of their best rater. */
  diceMaxOfPredictions: estimateSchema,
  /** Mean over the raters of their best prediction. */
  diceMaxOfRaters: estimateSchema,
  diceMatch: estimateSchema,
});
export type SetMetrics = z.infer<typeof setMetricsSchema>;

export const methodRowSchema = z.strictObject({
  method: methodSchema,
  /** Samples of the method's distribution; null for a method that has none. */
  samples: setMetricsSchema.nullable(),
  /** The R answers to the R personas, taken as a set. */
  answers: setMetricsSchema,
  /** Dice by identity, one a persona, over the images that its rater outlined. */
  dicePersona: z.array(estimateSchema),
  /** Mean over images of the mean over the raters that are present. */
  dicePersonaMean: estimateSchema,
  /** Mean area in pixels, one a persona, over the images that its rater outlined. */
  areas: z.array(estimateSchema),
  /** Share of the images in which the areas rise: none below the one before it, the last above the first. */
  areasRising: estimateSchema,
});
export type MethodRow = z.infer<typeof methodRowSchema>;

export const verdictSchema = z.enum(['beats', 'no difference beyond the interval', 'loses']);
export type Verdict = z.infer<typeof verdictSchema>;

/** How D-Persona does on a part of the images: where it fails is to be known before it is used. */
export const stratumSchema = z.strictObject({
  /** Terciles of the raters' mean area, the number of raters, terciles of their mean distance 1 − IoU. */
  by: z.enum(['area', 'raters', 'disagreement']),
  title: z.string(),
  dicePersonaMean: estimateSchema,
  gedPaper: estimateSchema,
});
export type Stratum = z.infer<typeof stratumSchema>;

/** The personas minus a baseline, in Dice by identity on the same images. */
export const comparisonSchema = z.strictObject({
  baseline: methodSchema.exclude(['d-persona']),
  difference: estimateSchema,
  personas: z.array(estimateSchema),
  verdict: verdictSchema,
  sentence: z.string(),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** Whole volumes, of which images are slices: overlaps and areas added up over a volume's slices. */
export const volumeTableSchema = z.strictObject({
  /** Volumes, or lesions in them, that a rater outlined. */
  volumes: z.int().positive(),
  /** Slices that were looked at, and those of them that no rater outlined. */
  slices: z.int().positive(),
  blankSlices: z.int().nonnegative(),
  /** Of D-Persona's samples. */
  gedPaper: estimateSchema,
  rows: z.array(
    z.strictObject({
      method: methodSchema,
      dicePersona: z.array(estimateSchema),
      dicePersonaMean: estimateSchema,
    }),
  ),
  /** The personas minus each baseline, volume by volume. */
  comparisons: z.array(
    z.strictObject({ baseline: methodSchema.exclude(['d-persona']), difference: estimateSchema }),
  ),
});
export type VolumeTable = z.infer<typeof volumeTableSchema>;

/** What the figures were measured on: without it they cannot be compared with anyone's. */
export const protocolSchema = z.strictObject({
  dataset: z.string().min(1),
  split: z.enum(['validation', 'test']),
  /** rank: the k-th mask by area; person: the same people throughout. */
  personaKind: z.enum(['rank', 'person']),
  /** Height and width in pixels. */
  size: z.tuple([z.int().positive(), z.int().positive()]),
  /** Draws of the bootstrap and its seed. */
  resamples: z.int().positive(),
  seed: z.int(),
});
export type Protocol = z.infer<typeof protocolSchema>;

/** `evaluation.json`: everything that the table shows. */
export const evaluationSchema = z.strictObject({
  protocol: protocolSchema,
  /** Ids of the personas, in the order of every list below. */
  personas: z.array(z.string()).min(1),
  images: z.int().positive(),
  patients: z.int().positive(),
  /** Images that were left out since no rater had outlined them. */
  imagesWithoutRater: z.int().nonnegative(),
  raters: z.strictObject({
    diversity: estimateSchema,
    areas: z.array(estimateSchema),
    areasRising: estimateSchema,
  }),
  /** The first is D-Persona's. */
  rows: z.array(methodRowSchema).min(1),
  comparisons: z.array(comparisonSchema),
  /** None in evaluations of an earlier version. */
  strata: z.array(stratumSchema).default([]),
  /** Null of pictures. */
  volumes: volumeTableSchema.nullable().default(null),
});
export type Evaluation = z.infer<typeof evaluationSchema>;
