import { z } from 'zod';
import { segmentationLossSchema } from '../losses/segmentation-loss.ts';
import { scheduleSchema } from '../optimiser/schedule.ts';

/** Stage I, diversification: L = L_seg(decoder(x, z_q), y_r) + w·KL(q‖p) + β·L_bound + λ·Σ‖W‖₂. */
export const stage1SettingsSchema = z.strictObject({
  ...scheduleSchema.shape,
  batch: z.int().min(1).meta({ description: 'Images in a batch' }),
  loss: segmentationLossSchema,
  klWeight: z.number().min(0).meta({ description: 'Weight w of the KL divergence (paper: 1)' }),
  freeBits: z
    .number()
    .min(0)
    .optional()
    .meta({ description: 'KL below this many nats in a latent dimension costs nothing; 0 if left out' }),
  average: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .meta({ description: 'Decay of an average of the weights that is kept in the end; none if left out' }),
  beta: z.number().min(0).meta({ description: 'Weight β of the bound loss' }),
  boundSamples: z.int().min(2).max(64).meta({ description: 'Prior samples S whose extremes are bound' }),
  weightNorms: z.number().min(0).meta({ description: 'Weight λ of Σ‖W‖₂ over prior, posterior and decoder' }),
});

export type Stage1Settings = z.infer<typeof stage1SettingsSchema>;
