import type { PixelSize } from '@d-persona/shared/dicom/geometry/pixel-spacing.ts';
import type { Crop, Size } from '@d-persona/shared/mask/region.ts';
import type { Turn } from '@d-persona/shared/mask/turn.ts';
import type { OpenCase } from '../case/open-case.ts';

/** Where a map of the model's input size lies on the image. */
export interface Placement {
  readonly input: Size;
  readonly crop: Crop;
  /** How the crop was turned for the model. */
  readonly turn: Turn;
  readonly image: Size;
  readonly pixels: PixelSize | undefined;
}

export function placementOf(
  open: Pick<OpenCase, 'encoding' | 'crop' | 'turn' | 'size' | 'pixels'>,
): Placement {
  const { encoding, crop, turn, size, pixels } = open;
  return { input: { height: encoding.height, width: encoding.width }, crop, turn, image: size, pixels };
}
