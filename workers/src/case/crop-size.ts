import type { Size } from '@d-persona/shared/mask/region.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { Settings } from '../settings.ts';

/** Fewest pixels a side of an image: below, there is nothing to segment. */
export const MIN_SIDE = 8;

/** @throws ProblemError 422 for a region of more pixels than an image may have. */
export function checkCropSize({ width, height }: Size, { MAX_IMAGE_PIXELS }: Settings): void {
  if (width * height <= MAX_IMAGE_PIXELS) return;
  throw new ProblemError(
    'unreadable-image',
    `region: has more than ${MAX_IMAGE_PIXELS} pixels. Ask for a smaller one.`,
  );
}
