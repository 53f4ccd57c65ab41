import type { PixelSize } from '@d-persona/shared/dicom/geometry/pixel-spacing.ts';
import type { ImageWarning } from '@d-persona/shared/dicom/read-image.ts';
import type { SourceImage } from '@d-persona/shared/dicom/source-image.ts';
import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import type { Crop, Intensities } from '@d-persona/shared/mask/region.ts';
import type { Turn } from '@d-persona/shared/mask/turn.ts';

/** The region that, asked for again, gives the same crop: extent in millimetres or pixels, as options have it. */
export interface SeenRegion {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

/** What was made of an image that was sent, and what it was made of. */
export interface SeenImage {
  /** As the release reads it, not yet cropped. */
  readonly image: Intensities;
  readonly crop: Crop;
  /** How the crop is turned for the model. */
  readonly turn: Turn;
  readonly region: SeenRegion;
  /** How large its pixels are; undefined for a picture, which does not say. */
  readonly pixels: PixelSize | undefined;
  readonly warnings: readonly ImageWarning[];
  /** The image as a reader sees it. */
  readonly picture: () => Image8or16;
  /** What objects derived from a DICOM image take over. It names the patient, so it stays within the request. */
  readonly source: SourceImage | undefined;
}
