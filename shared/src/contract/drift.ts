import { z } from 'zod';
import { histogramsSchema } from '../drift/histogram.ts';
import { hashSchema } from '../release/manifest.ts';

const day = z.iso.date();

export const driftOptionsSchema = z
  .strictObject({
    since: day.optional().meta({ description: 'First day, UTC; from the beginning if absent' }),
    until: day.optional().meta({ description: 'First day that no longer counts; until now if absent' }),
  })
  .meta({ id: 'DriftOptions' });

export const driftSchema = z
  .strictObject({
    releases: z.array(
      z.strictObject({
        release: hashSchema.meta({ description: 'That answered' }),
        histograms: histogramsSchema,
      }),
    ),
  })
  .meta({
    id: 'Drift',
    description:
      'How often each statistic of images and answers had which value: counts alone, nothing of a single image',
  });

export type DriftCounts = z.infer<typeof driftSchema>;
