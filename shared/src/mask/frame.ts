import { z } from 'zod';
import { type Crop, cropOfRegion, type Size } from './region.ts';

/** Which part of an image a release looks at when it is told no region. */
export const frameSchema = z.enum(['crop', 'whole']).meta({
  description: 'crop: the input size around the centre, not resampled; whole: all of the image, resampled',
});

export type Frame = z.infer<typeof frameSchema>;

/** The square around the whole image, its proportions kept: what a `whole` release looks at. */
export function cropOfWhole(image: Size, input: Size): Crop {
  const side = Math.max(image.height, image.width);
  const centre = { x: Math.floor(image.width / 2), y: Math.floor(image.height / 2) };
  return cropOfRegion(image, { ...centre, w: side, h: side }, input);
}

/** The crop where the caller names no region. */
export function defaultCrop(frame: Frame, image: Size, input: Size): Crop {
  return frame === 'whole' ? cropOfWhole(image, input) : cropOfRegion(image, undefined, input);
}
