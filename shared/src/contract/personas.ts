import { z } from 'zod';
import { personaIdSchema, releaseHashSchema } from './identifiers.ts';

export const personaSchema = z
  .strictObject({
    id: personaIdSchema,
    title: z.string(),
    kind: z.enum(['rank', 'person']).meta({
      description:
        'rank: the k-th mask by area of anonymous raters, smallest first; person: one rater throughout',
    }),
    metrics: z
      .record(z.string(), z.number().nullable())
      .meta({
        description: "The persona's figures on the test patients, such as its Dice against its own rater",
      }),
  })
  .meta({ id: 'Persona', description: 'An expert whom the release imitates' });

export const personasSchema = z
  .strictObject({ release: releaseHashSchema, personas: z.array(personaSchema) })
  .meta({ id: 'Personas', description: 'The personas of the current release' });

export type Personas = z.infer<typeof personasSchema>;
