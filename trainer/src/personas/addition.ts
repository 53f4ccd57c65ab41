import { hashSchema } from '@d-persona/shared/release/manifest.ts';
import { z } from 'zod';
import { estimateSchema } from '../evaluation/bootstrap.ts';

/** What a new head is compared with, on the same held-out cases. */
export const rivalSchema = z.strictObject({
  title: z.string(),
  dice: estimateSchema,
  /** New head minus rival, case by case, over patients. */
  difference: estimateSchema,
});

/** Report of a persona that was added to a release. */
export const additionSchema = z.strictObject({
  persona: z.string(),
  parent: hashSchema,
  /** Address of the release with the new head. Null where it was only measured. */
  release: hashSchema.nullable(),
  /** SHA-256 of the core, the same before and after. */
  core: hashSchema,
  trainedOn: z.int(),
  heldOut: z.int(),
  heldOutPatients: z.int(),
  nearest: z.string().meta({ description: 'The persona most like the reader on the cases to learn from' }),
  dice: estimateSchema,
  rivals: z.array(rivalSchema),
  curve: z.array(
    z.strictObject({
      cases: z.int(),
      dice: estimateSchema,
      /** Head minus nearest persona. */
      gain: estimateSchema,
      seconds: z.number(),
    }),
  ),
  casesNeeded: z.int().nullable().meta({
    description: 'Fewest cases from which on every head beats the nearest persona beyond its interval',
  }),
  seconds: z.number(),
});

export type Addition = z.infer<typeof additionSchema>;
export type Rival = z.infer<typeof rivalSchema>;

/**
 * Fewest cases from which on every head of the curve beats the nearest persona beyond its interval: a single good point
 * among worse ones with more cases is chance.
 */
export function casesNeeded(curve: Addition['curve']): number | null {
  const beats = curve.map(({ gain }) => gain.low !== null && gain.low > 0);
  const lastMiss = beats.lastIndexOf(false);
  return curve[lastMiss + 1]?.cases ?? null;
}
