import { hashSchema } from '@d-persona/shared/release/manifest.ts';
import { z } from 'zod';
import { estimateSchema } from '../evaluation/bootstrap.ts';
import { promotedSchema } from '../nightly/night-results.ts';

/** What is thought of a hospital on the new core. */
export const verdictSchema = z.strictObject({
  hospital: z.string(),
  release: hashSchema.nullable(),
  difference: estimateSchema.nullable(),
  readers: z.array(z.string()).readonly(),
  /** `moves`: not worse; `stays`: too little to tell by, or a persona that cannot be moved; `worse`: nobody moves. */
  verdict: z.enum(['moves', 'stays', 'worse']),
  reason: z.string(),
});

export type Verdict = z.output<typeof verdictSchema>;

/** `report.json` of a week. */
export const weekReportSchema = z.strictObject({
  week: z.string(),
  decision: z.enum(['nothing', 'refused', 'promoted']),
  reason: z.string(),
  /** Images of hospitals that consented. */
  sharedImages: z.int(),
  base: hashSchema.nullable(),
  hospitals: z.array(verdictSchema.extend({ promoted: promotedSchema.nullable() })),
  minutes: z.number(),
});

export type WeekReport = z.output<typeof weekReportSchema>;
