import { statisticSchema } from '@d-persona/shared/drift/histogram.ts';
import { hashSchema } from '@d-persona/shared/release/manifest.ts';
import { z } from 'zod';

/** A statistic of live images or answers beside that of the training data. */
const inputDriftSchema = z.strictObject({
  statistic: statisticSchema,
  /** Live images or answers. */
  live: z.int(),
  /** Kolmogorov–Smirnov distance, 0 to 1. */
  distance: z.number(),
  /** What chance alone exceeds once in a thousand times. */
  chance: z.number(),
  alert: z.boolean(),
});

export type InputDrift = z.infer<typeof inputDriftSchema>;

const agreementSchema = z.strictObject({ dice: z.number(), cases: z.int(), patients: z.int() });

/** How far a reader's own outlines agree with what their persona drew for the same images. */
const readerDriftSchema = z.strictObject({
  persona: z.string(),
  nights: z.array(agreementSchema.extend({ night: z.string() })),
  /** Of the last nights, and of all before; null where there are none. */
  recent: agreementSchema.nullable(),
  earlier: agreementSchema.nullable(),
  alert: z.boolean(),
});

export type ReaderDrift = z.infer<typeof readerDriftSchema>;

/** What the drift watch finds at a hospital. */
export const driftReportSchema = z.strictObject({
  release: hashSchema,
  /** Days that are looked back. */
  days: z.int(),
  inputs: z.array(inputDriftSchema),
  /** Why inputs were not compared; empty where they were. */
  problem: z.string(),
  readers: z.array(readerDriftSchema),
  /** What a person should look at, one sentence each. */
  alerts: z.array(z.string()),
});

export type DriftReport = z.infer<typeof driftReportSchema>;
