import { z } from 'zod';
import { personaSchema } from '../release/manifest.ts';
import { releaseHashSchema } from './identifiers.ts';

export const personasSchema = z
  .strictObject({
    release: releaseHashSchema,
    personas: z.array(
      personaSchema.meta({ id: 'Persona', description: 'An expert whom the release imitates' }),
    ),
  })
  .meta({ id: 'Personas', description: 'The personas of the current release' });

export type Personas = z.infer<typeof personasSchema>;
