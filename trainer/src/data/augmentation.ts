import { z } from 'zod';

/** How training images are varied. Every variation is drawn anew each time an image is seen. */
export const augmentationSchema = z.strictObject({
  flips: z.boolean().meta({ description: 'Mirror left to right and top to bottom, each half of the time' }),
  quarterTurns: z.boolean().meta({ description: 'Turn by 0, 90, 180 or 270 degrees' }),
  shift: z.int().min(0).max(256).meta({ description: 'Largest shift, whole pixels of the input, each way' }),
  scale: z.number().min(0).max(0.5).meta({ description: 'Enlarge by a factor from 1 − scale to 1 + scale' }),
  rotation: z.number().min(0).max(180).meta({ description: 'Largest rotation, degrees, each way' }),
  gain: z
    .number()
    .min(0)
    .max(0.9)
    .meta({ description: 'Multiply standardised intensities by 1 − gain to 1 + gain' }),
  offset: z
    .number()
    .min(0)
    .max(2)
    .meta({ description: 'Add up to ±offset, in standard deviations, to standardised intensities' }),
});

export type Augmentation = z.infer<typeof augmentationSchema>;

const none: Augmentation = {
  flips: false,
  quarterTurns: false,
  shift: 0,
  scale: 0,
  rotation: 0,
  gain: 0,
  offset: 0,
};

/** `recipe` moves pixels without interpolating; `paper` also scales, rotates and changes intensities a little. */
export const augmentations = {
  none,
  recipe: { ...none, flips: true, quarterTurns: true, shift: 4 },
  paper: { flips: true, quarterTurns: true, shift: 4, scale: 0.1, rotation: 15, gain: 0.1, offset: 0.1 },
} as const satisfies Record<string, Augmentation>;

/** How far beyond an input of `size` pixels a side an augmented one may look, in pixels. */
export function reachOf({ shift, scale, rotation }: Augmentation, size: number): number {
  const corner = rotation > 0 ? Math.SQRT2 : 1;
  return shift + Math.ceil((size / 2) * (corner / (1 - scale) - 1)) + (scale > 0 || rotation > 0 ? 1 : 0);
}
