import { encodePng } from '@d-persona/shared/image/encode-png.ts';
import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import { mapToBytes } from '@d-persona/shared/image/map-to-bytes.ts';
import { outlineOverlay } from '@d-persona/shared/mask/overlay.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { Drawn } from './canvas.ts';

export type PictureFormat = 'mask' | 'overlay' | 'probability';

/**
 * A segmentation as a PNG of the size of the image: the mask (0 and 255), the probability (255 is 1), or the picture
 * with the mask's outline.
 *
 * @throws ProblemError 404 where the overlay of a case is asked for whose picture was too large to be kept
 */
export function picture(
  format: PictureFormat,
  { mask, probability }: Drawn,
  image: Image8or16 | undefined,
): Uint8Array<ArrayBuffer> {
  if (format === 'overlay') {
    if (image !== undefined) return encodePng(outlineOverlay(image, [mask]));
    throw new ProblemError(
      'unknown-case',
      'case: its picture was too large to be kept. Send the image again.',
    );
  }
  const { height, width } = mask;
  const data =
    format === 'mask'
      ? mask.data.map((value) => 255 * value)
      : mapToBytes(probability, (p) => Math.round(255 * p));
  return encodePng({ height, width, channels: 1, data });
}
