import { z } from 'zod';
import { caseIdSchema, releaseHashSchema } from './identifiers.ts';
import { warningsSchema } from './provenance.ts';
import { regionSchema } from './region.ts';
import { tuple } from './tuple.ts';

/** Body of a request about an image that was sent before. */
export const caseReferenceSchema = z
  .strictObject({ case: caseIdSchema })
  .meta({ id: 'CaseReference', description: 'A case instead of an image' });

export type CaseReference = z.infer<typeof caseReferenceSchema>;

export const caseSchema = z
  .strictObject({
    case: caseIdSchema,
    release: releaseHashSchema,
    size: tuple(z.int(), z.int()).meta({ description: 'Height and width of the image' }),
    region: regionSchema,
    warnings: warningsSchema,
    expires: z.iso
      .datetime()
      .meta({ description: 'Until when the case is kept, unless room is needed earlier' }),
  })
  .meta({ id: 'Case', description: 'An image whose features are kept for a while' });

export type Case = z.infer<typeof caseSchema>;
