import { z } from 'zod';
import { personaIdSchema } from './identifiers.ts';
import { provenanceFields } from './provenance.ts';
import { tuple } from './tuple.ts';

const side = z.int().min(1).max(1_000_000);
const size = tuple(side, side).meta({
  description: 'Height and width of the image that was sent',
});

/** COCO run lengths: column-major, the first run is background. */
export const maskSchema = z
  .strictObject({
    size,
    counts: z
      .array(z.int().min(0).max(1e12))
      .meta({ description: 'Lengths of runs of 0 and 1 in turn, column by column' }),
  })
  .meta({ id: 'Mask', description: 'A mask as COCO run lengths' });

const segmentationFields = {
  id: z.string().meta({ description: 'Unique in this answer', example: 'persona/rank-1' }),
  mask: maskSchema,
  area: z.number().min(0).meta({ description: 'Pixels of the mask' }),
  area_mm2: z.number().min(0).optional().meta({
    description: 'Square millimetres, where the image says how large its pixels are in the patient',
  }),
  bbox: tuple(z.number(), z.number(), z.number(), z.number()).meta({
    description: 'x, y, width, height in pixels; all 0 for an empty mask',
  }),
  contour: z.array(z.array(z.array(tuple(z.number(), z.number())))).meta({
    description:
      'Polygons along the edges of pixels: for each piece of the mask an outer ring, then its holes, of [x, y]. ' +
      'Pixel (x, y) is the square from [x, y] to [x + 1, y + 1]',
  }),
  probability: z
    .strictObject({
      mean: z
        .number()
        .min(0)
        .max(1)
        .meta({ description: 'Mean over the pixels of the mask; 0 if it is empty' }),
      max: z.number().min(0).max(1).meta({ description: 'Highest probability of the region' }),
    })
    .meta({ description: 'How sure the model is' }),
};

/** What a persona, or one of the diversified samples, draws. */
export const segmentationSchema = z
  .union([
    z.strictObject({ ...segmentationFields, persona: personaIdSchema }),
    z.strictObject({
      ...segmentationFields,
      sample: z.int().min(0).meta({ description: 'Index of the diversified sample, 0-based' }),
    }),
  ])
  .meta({ id: 'Segmentation', description: 'One segmentation: of a persona or a sample' });

export type Segmentation = z.infer<typeof segmentationSchema>;

/** The answer of the persona endpoint. */
export const personaSegmentationSchema = z
  .strictObject({ ...provenanceFields, ...segmentationFields, persona: personaIdSchema })
  .meta({ id: 'PersonaSegmentation', description: "A persona's segmentation with its provenance" });

export type PersonaSegmentation = z.infer<typeof personaSegmentationSchema>;

export const consensusSchema = z.strictObject(segmentationFields).meta({
  id: 'Consensus',
  description:
    'Where the mean probability of the samples (of the personas, if no samples were asked for) reaches the threshold',
});

export type Consensus = z.infer<typeof consensusSchema>;

export const disagreementSchema = z
  .strictObject({
    size,
    max: z.number().min(0).max(0.5).meta({ description: 'The largest standard deviation of any pixel' }),
    png: z.base64().meta({ description: 'An 8-bit PNG: standard deviation of the probability, 255 is 0.5' }),
  })
  .meta({
    id: 'Disagreement',
    description:
      'Standard deviation, pixel by pixel, over the samples (over the personas, if no samples were asked for)',
  });

/** The answer of the all-personas endpoint. */
export const allPersonasSchema = z
  .strictObject({
    ...provenanceFields,
    segmentations: z
      .array(segmentationSchema)
      .meta({ description: 'All personas in order, then the samples' }),
    consensus: consensusSchema,
    disagreement: disagreementSchema,
  })
  .meta({ id: 'AllPersonas', description: 'What every persona draws, how they differ, and what they share' });

export type AllPersonas = z.infer<typeof allPersonasSchema>;
