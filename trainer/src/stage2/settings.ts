import { z } from 'zod';
import { segmentationLossSchema } from '../losses/segmentation-loss.ts';
import { scheduleSchema } from '../optimiser/schedule.ts';

/** Stage II, personalisation: the heads alone are trained on L_seg([persona 1..R], [y_1..y_R]). */
export const stage2SettingsSchema = z.strictObject({
  ...scheduleSchema.shape,
  batch: z.int().min(1).meta({ description: 'Images in a batch' }),
  loss: segmentationLossSchema,
  bank: z
    .int()
    .min(1)
    .max(5000)
    .meta({ description: 'Prior samples M in the bank in training (500 at test)' }),
  queryWeight: z
    .number()
    .min(0)
    .meta({ description: 'Weight of ½|q|², which keeps queries within the bank (paper: 0)' }),
  headInitScale: z
    .number()
    .positive()
    .max(1)
    .meta({ description: "Factor on each head's last convolution at initialisation (paper: 1)" }),
});

export type Stage2Settings = z.infer<typeof stage2SettingsSchema>;
