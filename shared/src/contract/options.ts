import { z } from 'zod';
import { queryNumber } from './query-number.ts';
import { regionOptionSchema } from './region.ts';

/** Most diversified samples of one request. */
export const MAX_SAMPLES = 100;
export const DEFAULT_SEED = 0;
export const DEFAULT_THRESHOLD = 0.5;

const region = regionOptionSchema.optional();
const frame = queryNumber(
  z.int().min(1).max(1_000_000).meta({ description: 'Frame of a multi-frame image, 1-based' }),
).optional();
const seed = queryNumber(
  z
    .int()
    .min(0)
    .max(0xffff_ffff)
    .meta({
      description: `Seed of the prior bank and of the samples. Default ${DEFAULT_SEED}, or that of the case`,
    }),
).optional();
const threshold = queryNumber(
  z
    .number()
    .gt(0)
    .lt(1)
    .meta({
      description: `Probability from which a pixel belongs to the mask. Default ${DEFAULT_THRESHOLD}`,
    }),
).optional();
const samples = queryNumber(
  z.int().min(0).max(MAX_SAMPLES).meta({ description: 'How many diversified samples to draw. Default 0' }),
).optional();
const format = z
  .enum(['overlay', 'probability'])
  .meta({
    description: 'For image/png: the picture with the outline, or 8-bit probability, instead of the mask',
  })
  .optional();

/** Options of `POST …/cases`. */
export const caseOptionsSchema = z
  .strictObject({ region, frame, seed })
  .meta({ id: 'CaseOptions', description: 'How to read the image' });

/** Options of the persona endpoint. */
export const personaOptionsSchema = z
  .strictObject({ region, frame, seed, threshold, format })
  .meta({ id: 'PersonaOptions', description: 'How to read the image and how to answer' });

/** Options of the all-personas endpoint. */
export const allPersonasOptionsSchema = z
  .strictObject({ region, frame, seed, threshold, samples })
  .meta({ id: 'AllPersonasOptions', description: 'How to read the image and how to answer' });

export type CaseOptions = z.output<typeof caseOptionsSchema>;
export type PersonaOptions = z.output<typeof personaOptionsSchema>;
export type AllPersonasOptions = z.output<typeof allPersonasOptionsSchema>;
