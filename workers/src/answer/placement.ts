import type { Crop, Size } from '@d-persona/shared/mask/region.ts';
import type { OpenCase } from '../case/open-case.ts';

/** Where a map of the model's input size lies on the image. */
export interface Placement {
  readonly input: Size;
  readonly crop: Crop;
  readonly image: Size;
}

export function placementOf({ encoding, crop, size }: OpenCase): Placement {
  return { input: { height: encoding.height, width: encoding.width }, crop, image: size };
}
