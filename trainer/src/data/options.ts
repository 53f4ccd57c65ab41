import { z } from 'zod';

const isRegularExpression = (text: string): boolean => {
  try {
    return new RegExp(`${text}|`).exec('')?.length === 2; // exactly one group
  } catch {
    return false;
  }
};

/** A regular expression on `<folder>/<image>` whose one group is the patient. */
export const patientPatternSchema = z
  .string()
  .refine(isRegularExpression, { error: 'is not a regular expression with exactly one group' });

/** How a dataset is read: part of a run's config. Everything has a default that looks at the data. */
export const dataOptionsSchema = z.strictObject({
  kind: z.enum(['auto', 'rank', 'person']).default('auto').meta({
    description: 'Ranks by area, or readers by name; auto: ranks where readers are slots without a name',
  }),
  raters: z
    .array(z.string().min(1))
    .nullable()
    .default(null)
    .meta({ description: 'Which readers to take, by their label; * stands for anything. null: all' }),
  readers: z.enum(['auto', 'complete', 'any']).default('auto').meta({
    description:
      'complete: only images that all readers outlined; any: also those where some are missing, masked out. auto: any for persons; for ranks complete, unless that would leave too little',
  }),
  sets: z.array(z.string().min(1)).nullable().default(null).meta({
    description: 'Which folders of a dataset of several sets to take; * stands for anything. null: all',
  }),
  patientPattern: patientPatternSchema.nullable().default(null).meta({
    description: 'Finds the patient in <folder>/<image>: its one group. null: by the rules for layouts',
  }),
  channels: z
    .union([z.literal('auto'), z.literal(1), z.literal(3)])
    .default('auto')
    .meta({ description: 'Channels of the model input; auto: 3 if any image has colours, else 1' }),
  frame: z.enum(['auto', 'crop', 'lesion', 'whole']).default('auto').meta({
    description:
      'crop: the input size around the centre; lesion: around the outlines; whole: the image, resampled. auto: crop if that loses at most 2 % of what is outlined, else whole',
  }),
  sequences: z.array(z.string().min(1)).nullable().default(null).meta({
    description:
      'Which sequences of volumes become channels, in this order; * stands for anything. null: all',
  }),
  label: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .meta({ description: 'Of masks with several labels: the structure. null: there must be one' }),
  structure: z.string().min(1).nullable().default(null).meta({
    description:
      'Of DICOM SEG and RTSTRUCT objects: the label of the segments to take; * stands for anything. null: all',
  }),
  spacing: z
    .union([z.literal('auto'), z.number().min(0.01).max(100)])
    .nullable()
    .default('auto')
    .meta({
      description:
        'Millimetres a pixel to which slices of volumes are resampled; auto: the median of the volumes; null: as they are',
    }),
  window: z
    .strictObject({ center: z.number(), width: z.number().positive() })
    .nullable()
    .default(null)
    .meta({ description: 'Of CT series: clips Hounsfield units to center ± width / 2; null: all are kept' }),
  onBroken: z.enum(['fail', 'skip']).default('fail').meta({
    description: 'What to do when a file cannot be read: stop, or go on without that image and say so',
  }),
  maxPixels: z
    .int()
    .min(1)
    .default(50_000_000)
    .meta({ description: 'Largest image that is decoded, in pixels: a guard for the memory' }),
});

export type DataOptions = z.output<typeof dataOptionsSchema>;
/** As a user writes them: what is left out is by default. */
export type DataOptionsInput = z.input<typeof dataOptionsSchema>;
