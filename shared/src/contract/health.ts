import { z } from 'zod';

const count = z.int().min(0);

/** What the server accepts. */
export const limitsSchema = z
  .strictObject({
    body_bytes: count.meta({ description: 'Most bytes of a request body' }),
    image_pixels: z
      .strictObject({ png: count, jpeg: count })
      .meta({ description: 'Most pixels of an image' }),
    samples: count.meta({ description: 'Most samples of one request' }),
    queue: count.meta({
      description: 'Most requests that wait for the engine; more are told to come back (503)',
    }),
    case_seconds: count.meta({ description: 'How long a case is kept at most' }),
  })
  .meta({ id: 'Limits', description: 'What the server accepts' });

export type Limits = z.infer<typeof limitsSchema>;

export const healthSchema = z
  .strictObject({
    status: z.literal('ok'),
    version: z.string().meta({ description: 'Software version', example: '0.1.0' }),
    limits: limitsSchema,
  })
  .meta({ id: 'Health', description: 'The service can answer' });

export type Health = z.infer<typeof healthSchema>;

export const aliveSchema = z
  .strictObject({ status: z.literal('alive'), version: z.string() })
  .meta({ id: 'Alive', description: 'The service runs' });
