import { z } from 'zod';
import { caseIdSchema, releaseHashSchema } from './identifiers.ts';

/** What may be thought of an image that was segmented all the same. */
export const warningsSchema = z
  .array(z.enum(['burned-in-annotation', 'spacing-at-detector']))
  .meta({
    description:
      'burned-in-annotation: the pixels may name the patient; spacing-at-detector: sizes are those at the detector, ' +
      'not in the patient',
  })
  .optional();

/** What an answer was made with: the same release, seed and request give the same bytes. */
export const provenanceFields = {
  release: releaseHashSchema,
  seed: z.int().min(0).meta({ description: 'Seed of the prior bank and of the samples' }),
  software: z.string().meta({ description: 'Name and version of the software', example: 'd-persona/0.1.0' }),
  case: caseIdSchema,
  warnings: warningsSchema,
};

const provenanceSchema = z.strictObject(provenanceFields);

export type Provenance = z.infer<typeof provenanceSchema>;
