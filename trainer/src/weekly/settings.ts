import { z } from 'zod';

/** How the core is trained anew from its own data and the cases of all hospitals that consented. */
export const weeklySettingsSchema = z.strictObject({
  data: z.string().min(1).meta({ description: 'What the core was trained on: a folder or zip archive' }),
  preset: z.enum(['recipe', 'paper']).default('recipe'),
  config: z
    .record(z.string(), z.unknown())
    .default({})
    .meta({ description: 'Settings that differ from the preset, as of d-persona train --config' }),
  maxLoss: z
    .number()
    .min(0)
    .max(1)
    .default(0.02)
    .meta({ description: 'Most that Dice may fall, or GED rise, by storing int8' }),
  minimumCases: z
    .int()
    .min(1)
    .default(50)
    .meta({ description: 'Cases of consenting hospitals without which nothing is trained' }),
});

export type WeeklySettings = z.output<typeof weeklySettingsSchema>;
