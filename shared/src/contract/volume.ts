import { z } from 'zod';
import { provenanceFields, warningsSchema } from './provenance.ts';
import { consensusSchema, segmentationSchema } from './segmentation.ts';

const seriesWarningsSchema = z
  .array(z.enum(['gap', 'duplicate-instance', 'no-position']))
  .meta({
    description:
      'gap: slices are missing; duplicate-instance: an image came twice and was used once; no-position: the images do ' +
      'not say where they lie, and are in the order of their numbers',
  })
  .optional();

/** A slice of a volume. */
export const volumeSliceSchema = z
  .strictObject({
    instance: z.int().min(0).meta({ description: 'Which of the images that were sent, 0-based' }),
    frame: z.int().min(1).meta({ description: 'Frame of that image, 1-based' }),
    position: z.number().nullable().meta({
      description: 'Millimetres from the first slice, along the normal; null where it is not known',
    }),
    segmentations: z
      .array(segmentationSchema)
      .meta({ description: 'All personas in order, then the samples' }),
    consensus: consensusSchema,
  })
  .meta({ id: 'VolumeSlice', description: 'What is drawn on one slice' });

/** The answer about a series. */
export const volumeSchema = z
  .strictObject({
    release: provenanceFields.release,
    seed: provenanceFields.seed,
    software: provenanceFields.software,
    warnings: warningsSchema,
    series_warnings: seriesWarningsSchema,
    slices: z.array(volumeSliceSchema).meta({ description: 'In order of position' }),
  })
  .meta({ id: 'Volume', description: 'What every persona draws on each slice of a series' });

export type Volume = z.infer<typeof volumeSchema>;
export type VolumeSlice = z.infer<typeof volumeSliceSchema>;
