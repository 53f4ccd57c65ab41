import { z } from 'zod';

/** From when on the drift watch calls a person. */
export const driftSettingsSchema = z.strictObject({
  days: z
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .meta({ description: 'Of live images and answers that are compared' }),
  minimumImages: z.int().min(1).default(50).meta({ description: 'Fewer tell nothing' }),
  distance: z.number().gt(0).max(1).default(0.25).meta({
    description: 'Kolmogorov–Smirnov distance from the training data up to which images and answers may lie',
  }),
  recentNights: z
    .int()
    .min(1)
    .default(7)
    .meta({ description: 'Nights of a reader that are compared with all before' }),
  agreementLoss: z.number().min(0).max(1).default(0.05).meta({
    description: "Dice by which a reader's outlines may agree less with their persona than before",
  }),
});

export type DriftSettings = z.output<typeof driftSettingsSchema>;
