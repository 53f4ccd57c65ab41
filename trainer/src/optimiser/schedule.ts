import { z } from 'zod';

/** The learning rate over the steps of a stage: linear warm-up, then a half cosine to zero. */
export const scheduleSchema = z.strictObject({
  steps: z.int().min(1).meta({ description: 'Optimiser steps of the stage' }),
  learningRate: z.number().positive().meta({ description: 'Highest learning rate' }),
  warmup: z.int().min(0).meta({ description: 'Steps of linear warm-up from 0' }),
});

export type Schedule = z.infer<typeof scheduleSchema>;

/**
 * Learning rate of a step.
 *
 * @param step from 0
 * @returns in [0, learningRate]; the last step's is not yet 0
 */
export function learningRateAt(step: number, { steps, learningRate, warmup }: Schedule): number {
  if (step < warmup) return (learningRate * (step + 1)) / warmup;
  return (learningRate / 2) * (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, steps - warmup)));
}
