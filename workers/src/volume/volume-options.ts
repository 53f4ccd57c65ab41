import { allPersonasOptionsSchema } from '@d-persona/shared/contract/options.ts';
import type { z } from 'zod';

/** Options of the route about volumes: those of one image, for each of its slices. */
export const volumeOptionsSchema = allPersonasOptionsSchema
  .omit({ frame: true })
  .meta({ id: 'VolumeOptions', description: 'How to read the series and how to answer' });

export type VolumeOptions = z.output<typeof volumeOptionsSchema>;
