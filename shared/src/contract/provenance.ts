import { z } from 'zod';
import { caseIdSchema, releaseHashSchema } from './identifiers.ts';

/** What an answer was made with: the same release, seed and request give the same bytes. */
export const provenanceFields = {
  release: releaseHashSchema,
  seed: z.int().min(0).meta({ description: 'Seed of the prior bank and of the samples' }),
  software: z.string().meta({ description: 'Name and version of the software', example: 'd-persona/0.1.0' }),
  case: caseIdSchema,
};

const provenanceSchema = z.strictObject(provenanceFields);

export type Provenance = z.infer<typeof provenanceSchema>;
