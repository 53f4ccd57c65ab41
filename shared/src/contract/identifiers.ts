import { z } from 'zod';

/** Ids of hospitals and personas stand in paths and in store keys: a narrow alphabet, so that nothing can be injected. */
const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/);

export const hospitalIdSchema = slug.meta({ description: 'The hospital', example: 'demo' });

export const personaIdSchema = slug.meta({
  description: 'A persona of the current release',
  example: 'rank-1',
});

export const releaseHashSchema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: 'SHA-256 of the manifest of the release that answered, hex' });

/**
 * A case is named by the SHA-256 of hospital, release, pixels and region, and the seed it was made with:
 * the same image gives the same case.
 */
export const caseIdSchema = z
  .string()
  .regex(/^[0-9a-f]{64}-\d{1,10}$/)
  .meta({ description: 'An image whose features the server holds for a while' });
