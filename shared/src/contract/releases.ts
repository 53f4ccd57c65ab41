import { z } from 'zod';
import { metricsSchema } from '../release/manifest.ts';
import { releaseHashSchema } from './identifiers.ts';

/** The entity tag of the current release: the number of promotions so far. */
export const VERSION_TAG = /^"(\d{1,15})"$/;

export const releaseSchema = z
  .strictObject({
    release: releaseHashSchema,
    current: z.boolean().meta({ description: 'Whether it serves the hospital now' }),
    added: z.iso.datetime().meta({ description: 'Since when the hospital has it' }),
    created: z.iso.datetime().meta({ description: 'When it was made' }),
    software: z.string(),
    dataset: z.string().meta({ description: 'What it was trained on' }),
    personas: z.array(z.string()).meta({ description: 'Ids of its personas' }),
    metrics: metricsSchema.meta({ description: 'On its test patients' }),
  })
  .meta({ id: 'Release', description: 'A published release' });

export type Release = z.infer<typeof releaseSchema>;

export const damagedReleaseSchema = releaseSchema
  .pick({ release: true, current: true, added: true })
  .extend({
    file: z.string().meta({ description: 'What is missing or altered, as it is stored' }),
    problem: z.string().meta({ description: 'What is wrong with it' }),
  })
  .meta({ id: 'DamagedRelease', description: 'A release that cannot be served until it is published again' });

export type DamagedRelease = z.infer<typeof damagedReleaseSchema>;

export const trialSchema = z
  .strictObject({
    release: releaseHashSchema,
    kind: z
      .enum(['canary', 'shadow'])
      .meta({ description: 'Answers a share of requests, or is only compared with the current release' }),
    share: z.number().gt(0).max(1).meta({ description: 'Of the requests' }),
  })
  .meta({ id: 'Trial', description: 'A release on trial beside the current one' });

export type TrialBody = z.infer<typeof trialSchema>;

export const evidenceSchema = z
  .strictObject({
    compared: z.int().min(0).meta({ description: 'Images that both releases drew (shadow)' }),
    dice: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .meta({ description: 'Mean Dice between the two answers; null while none was compared' }),
    served: z.int().min(0).meta({ description: 'Requests that the release on trial answered (canary)' }),
    failed: z.int().min(0).meta({ description: 'Those of them that failed by the server' }),
  })
  .meta({ id: 'Evidence', description: 'How the release on trial compares with the current one' });

export const releasesSchema = z
  .strictObject({
    current: releaseHashSchema.nullable(),
    previous: releaseHashSchema
      .nullable()
      .meta({ description: 'What served before: where a roll back leads' }),
    version: z.int().min(0).meta({ description: 'Counts promotions; in quotes it is the etag' }),
    trial: trialSchema.extend({ evidence: evidenceSchema }).nullable(),
    releases: z.array(releaseSchema).meta({ description: 'The newest first' }),
    damaged: z
      .array(damagedReleaseSchema)
      .optional()
      .meta({ description: 'Releases of the hospital that are not whole; absent where all are' }),
  })
  .meta({ id: 'Releases', description: 'The releases of a hospital' });

export type Releases = z.infer<typeof releasesSchema>;

export const promotionSchema = z
  .strictObject({ release: releaseHashSchema })
  .meta({ id: 'Promotion', description: 'The release to serve from now on' });

export const currentReleaseSchema = z
  .strictObject({ release: releaseHashSchema, version: z.int().min(0) })
  .meta({ id: 'CurrentRelease', description: 'The release that serves the hospital' });

export type CurrentRelease = z.infer<typeof currentReleaseSchema>;

export const partNameSchema = z
  .string()
  .regex(/^([a-z0-9][a-z0-9-]{0,62}\.bin|MODEL_CARD\.md)$/)
  .meta({ description: 'A part as the manifest names it', example: 'core.bin' });

export const storedPartSchema = z
  .strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), bytes: z.int().min(0) })
  .meta({ id: 'StoredPart', description: 'What is stored, by its own hash' });
