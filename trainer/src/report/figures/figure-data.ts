import { z } from 'zod';
import { reportCaseSchema } from '../report-case.ts';

/** Pixels that were given about the same value: what was predicted of them, and what the raters drew. */
export const calibrationBinSchema = z.strictObject({
  /** Mean predicted value of the bin's pixels. */
  predicted: z.number(),
  /** Mean of what the raters' masks have there. */
  observed: z.number(),
  pixels: z.int().positive(),
});
export type CalibrationBin = z.infer<typeof calibrationBinSchema>;

export const calibrationSchema = z.strictObject({
  bins: z.array(calibrationBinSchema),
  /** Mean of |predicted − observed| over the pixels that either the samples or the raters touch. */
  error: z.number().nullable(),
  pixels: z.int().nonnegative(),
});
export type Calibration = z.infer<typeof calibrationSchema>;

const place = z.tuple([z.number(), z.number()]);

/** The latent space of one image, in the plane in which its prior bank varies most (principal components). */
export const latentPlaneSchema = z.strictObject({
  title: z.string(),
  /** Some of the bank's vectors. */
  bank: z.array(place),
  /** Each persona's prompt. */
  prompts: z.array(place),
  /** Share of the bank's variance along either axis. */
  explained: place,
});
export type LatentPlane = z.infer<typeof latentPlaneSchema>;

/** All that the paper's figures show of one model on its test patients. */
export const figureDataSchema = z.strictObject({
  dataset: z.string(),
  /** Titles of the personas, in order. */
  personas: z.array(z.string()),
  cases: z.array(reportCaseSchema),
  /** Mean Dice of persona r (row) with rater c (column), over the images on which the rater is present. */
  diceMatrix: z.array(z.array(z.number().nullable())),
  latent: z.array(latentPlaneSchema),
  /** Mean probability of the samples, against the share of raters who outlined a pixel. */
  probability: calibrationSchema,
  /** Standard deviation over the samples, against that of the raters' masks. */
  disagreement: calibrationSchema,
  images: z.int().positive(),
  patients: z.int().positive(),
  samples: z.int().positive(),
});
export type FigureData = z.infer<typeof figureDataSchema>;
