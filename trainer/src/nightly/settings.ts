import { hospitalIdSchema } from '@d-persona/shared/release/hospital.ts';
import { z } from 'zod';
import { driftSettingsSchema } from '../drift/settings.ts';
import { machineSettingsSchema } from '../runner/machine-settings.ts';
import { weeklySettingsSchema } from '../weekly/settings.ts';

/** When an outline is set aside for a person to look at. */
export const checkSettingsSchema = z.strictObject({
  minimumPixels: z
    .int()
    .min(1)
    .default(4)
    .meta({ description: 'Smaller outlines are set aside, as empty ones are' }),
  minimumDice: z.number().min(0).max(1).default(0.3).meta({
    description: 'Least Dice with the persona that is most like it: below, it is of another place or thing',
  }),
  deviations: z.number().positive().default(5).meta({
    description: "How far, in robust standard deviations of the reader's own earlier outlines, one may lie",
  }),
  earlierCases: z
    .int()
    .min(3)
    .default(8)
    .meta({ description: 'Earlier outlines from which a reader is known' }),
  mostSuspicious: z.number().min(0).max(1).default(0.4).meta({
    description: "Share of a reader's outlines of a night from which on all of them are set aside",
  }),
});

/** How a head is trained on the frozen core. */
export const headTrainingSchema = z.strictObject({
  steps: z.int().min(1).default(100),
  learningRate: z.number().positive().default(1e-2),
  batch: z.int().min(1).default(16),
  bank: z.int().min(1).default(100),
  queryWeight: z.number().min(0).default(0.0003),
  seed: z.int().default(1),
});

export const nightlySettingsSchema = z.strictObject({
  folder: z.string().min(1).meta({ description: 'Where nights, data versions and reports are kept' }),
  store: z
    .string()
    .min(1)
    .meta({ description: 'Folder of releases: those that hospitals are served by must be in it' }),
  hospitals: z
    .array(
      z.strictObject({
        id: hospitalIdSchema,
        url: z.url().meta({ description: 'Of the server, without a slash at its end' }),
        keyVariable: z
          .string()
          .regex(/^[A-Za-z_]\w*$/)
          .meta({ description: 'Environment variable that holds a key with the scope release' }),
        consent: z.boolean().default(false).meta({
          description: 'Whether its cases may train the core that all hospitals share, every week',
        }),
      }),
    )
    .min(1),
  minimumNewCases: z
    .int()
    .min(1)
    .default(8)
    .meta({ description: 'New outlines to learn from before a head is trained' }),
  heldOutShare: z.number().gt(0).lt(1).default(0.35).meta({
    description: 'Share of patients whose cases are never learnt from, only measured on',
  }),
  minimumPatients: z.int().min(2).default(8).meta({
    description: 'Held-out patients without which nothing is published',
  }),
  tolerance: z.number().min(0).default(0.01).meta({
    description: 'Loss of Dice that is taken for none: two trainings differ by as much',
  }),
  check: checkSettingsSchema.prefault({}),
  drift: driftSettingsSchema.prefault({}),
  training: headTrainingSchema.prefault({}),
  machine: machineSettingsSchema.nullable().default(null).meta({
    description: 'Where heads are trained; null: in this very process',
  }),
  weekly: weeklySettingsSchema.nullable().default(null).meta({
    description: 'Training the core anew, by nightly-retrain --weekly',
  }),
  resamples: z.int().min(100).default(2000),
  canary: z
    .strictObject({
      share: z.number().gt(0).max(1).meta({ description: 'Of the requests' }),
      minimumCompared: z.int().min(0).default(0),
      minimumDice: z.number().min(0).max(1).default(0.5),
    })
    .nullable()
    .default(null)
    .meta({
      description: 'Try a release on some requests until the next night, instead of promoting it at once',
    }),
  dollarsPerHour: z.number().min(0).default(0).meta({ description: 'Price of the machine, for the report' }),
  webhook: z.url().nullable().default(null).meta({ description: 'Gets the report as JSON by POST' }),
  mailto: z.email().nullable().default(null).meta({ description: 'Gets a summary, through sendmail' }),
});

export type NightlySettings = z.output<typeof nightlySettingsSchema>;
