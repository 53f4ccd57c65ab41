import { cropOfWhole } from '@d-persona/shared/mask/frame.ts';
import type { Crop, Size } from '@d-persona/shared/mask/region.ts';
import { cropOfRegion } from '@d-persona/shared/mask/region.ts';

/**
 * Which part of an image becomes the model's input: `crop`, the input size around the image's centre, not resampled
 * (what the server does when it is told no region); `lesion`, the same around the masks' centroid (the server must
 * then be told the lesion's place); `whole`, the whole image, shrunk or enlarged, its proportions kept.
 */
export type Frame = 'crop' | 'lesion' | 'whole';

/** Share of the outlined pixels that a central crop may lose before the whole image is taken. */
const LOST_AT_MOST = 0.02;

/** What is outlined in a dataset: pixels in all, and those outside the central crop. */
export interface Outlined {
  readonly total: number;
  readonly outside: number;
}

/** `crop` where lesions lie in the middle of the images (patches around a finding), else `whole`. */
export function chooseFrame({ total, outside }: Outlined): Frame {
  return outside <= LOST_AT_MOST * total ? 'crop' : 'whole';
}

/** The rectangle, in the image's pixels, that becomes the input of `size` × `size`; it may reach beyond the image. */
export function cropOfFrame(
  frame: Frame,
  image: Size & { readonly centroid: { readonly x: number; readonly y: number } },
  size: number,
): Crop {
  const input = { height: size, width: size };
  if (frame === 'crop') return cropOfRegion(image, undefined, input);
  if (frame === 'lesion') {
    const { x, y } = image.centroid;
    return cropOfRegion(image, { x: Math.round(x), y: Math.round(y) }, input);
  }
  return cropOfWhole(image, input);
}
