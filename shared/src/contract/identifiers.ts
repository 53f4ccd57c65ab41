import { z } from 'zod';
import { hospitalIdSchema } from '../release/hospital.ts';
import { hashSchema, personaSchema } from '../release/manifest.ts';

export const hospitalParameterSchema = hospitalIdSchema.meta({
  description: 'The hospital',
  example: 'demo',
});

export const personaIdSchema = personaSchema.shape.id.meta({
  description: 'A persona of the current release',
  example: 'rank-1',
});

export const releaseHashSchema = hashSchema.meta({
  description: 'The release that answered: SHA-256 of its manifest, hex',
});

/**
 * A case is named by the SHA-256 of hospital, release, pixels and region, and the seed it was made with:
 * the same image gives the same case.
 */
export const caseIdSchema = z
  .string()
  .regex(/^[0-9a-f]{64}-\d{1,10}$/)
  .meta({ description: 'An image whose features the server holds for a while' });
