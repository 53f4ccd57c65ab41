import { architectureSchema } from '@d-persona/shared/model/architecture.ts';
import { z } from 'zod';
import { augmentationSchema } from '../data/augmentation.ts';
import { dataOptionsSchema } from '../data/options.ts';
import { stage1SettingsSchema } from '../stage1/settings.ts';
import { stage2SettingsSchema } from '../stage2/settings.ts';

/**
 * `config.json` of a run: everything that decides its result, checked at every start. Channels and personas are
 * not in it: the data says how many there are.
 */
export const runConfigSchema = z.strictObject({
  preset: z.enum(['recipe', 'paper']).meta({ description: 'The settings that this run started from' }),
  seed: z.int().meta({ description: 'Seeds split, initialisation, order, augmentation and noise' }),
  data: z.strictObject(
    {
      path: z.string().min(1).meta({ description: 'Folder or zip archive of the data' }),
      ...dataOptionsSchema.shape,
    },
    { error: ({ input }) => (input === undefined ? 'is needed: --data <folder or zip archive>' : undefined) },
  ),
  start: z
    .string()
    .min(1)
    .nullable()
    .default(null)
    .meta({ description: 'Run whose finished core (all but the heads) this one starts from; null: random' }),
  size: z.int().min(8).max(1024).meta({ description: 'Height and width of the model input, pixels' }),
  augmentation: augmentationSchema,
  architecture: architectureSchema.omit({ channels: true, personas: true }),
  stage1: stage1SettingsSchema,
  stage2: stage2SettingsSchema,
  consensus: z
    .boolean()
    .meta({ description: 'Also train the consensus U-Net that personas are measured against' }),
  checkpointEvery: z.int().min(1).meta({ description: 'Steps between checkpoints' }),
});

export type RunConfig = z.infer<typeof runConfigSchema>;
