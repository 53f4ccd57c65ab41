import type { RegionOption } from '@d-persona/shared/contract/region.ts';
import { decodeImage } from '@d-persona/shared/image/decode-image.ts';
import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
import { defaultCrop } from '@d-persona/shared/mask/frame.ts';
import { type Crop, cropOfRegion, type Size } from '@d-persona/shared/mask/region.ts';
import { UPRIGHT } from '@d-persona/shared/mask/turn.ts';
import type { Work } from '../engine/isolate-memory.ts';
import type { Model } from '../engine/model.ts';
import type { SentImage } from '../input/request-content.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { Settings } from '../settings.ts';
import { checkCropSize, MIN_SIDE } from './crop-size.ts';
import type { SeenImage, SeenRegion } from './seen-image.ts';
import { bytesAhead } from './work-bytes.ts';

/** What a request takes of the memory, and will for each pixel of its image. */
export interface Taking {
  readonly work: Work;
  readonly perPixel: number;
}

export interface ImageOptions {
  readonly region?: RegionOption | undefined;
  readonly frame?: number | undefined;
}

/** A PNG or JPEG as the release looks at it. @throws ProblemError, InputError */
export function seePicture(
  sent: SentImage,
  { region, frame }: ImageOptions,
  model: Model,
  settings: Settings,
  { work, perPixel }: Taking,
): SeenImage {
  if (frame !== undefined && frame !== 1) {
    throw new ProblemError(
      'unreadable-image',
      `frame: ${sent.name} has one frame, number 1. Leave frame out.`,
    );
  }
  let giveBack = () => {};
  const admit = (bytes: number, size: Size) => {
    work.makeRoom(bytes + bytesAhead(size, model, perPixel), sent.name);
    giveBack = work.take(bytes, sent.name);
  };
  const image = decode(sent, settings, admit);
  giveBack();
  work.take(image.data.byteLength, sent.name);
  const crop = cropOf(image, region, model);
  checkCropSize(crop, settings);
  const picture = () => image;
  const known = { turn: UPRIGHT, pixels: undefined, warnings: [], source: undefined };
  return { image, crop, region: regionOfCrop(crop), picture, ...known };
}

function decode(
  { bytes, mediaType, name }: SentImage,
  settings: Settings,
  admit: (bytes: number, size: Size) => void,
): Image8or16 {
  const isPng = mediaType === 'image/png';
  const maxPixels = isPng ? settings.MAX_IMAGE_PIXELS : settings.MAX_JPEG_PIXELS;
  // Told by the first bytes: a JPEG must not pass under the larger limit of a PNG.
  if (bytes.length > 1 && isPng !== (bytes[0] === 0x89)) {
    throw new ProblemError(
      'malformed-request',
      `${name}: is not the ${mediaType} that its content type says. Correct the one or the other.`,
    );
  }
  return decodeImage(bytes, { name, maxPixels, minSide: MIN_SIDE, admit });
}

function cropOf(image: Size, region: RegionOption | undefined, { manifest, inputSize }: Model): Crop {
  return region === undefined
    ? defaultCrop(manifest.input.frame, image, inputSize)
    : cropOfRegion(image, region, inputSize);
}

/** The inverse of {@link cropOfRegion}. */
function regionOfCrop({ left, top, width, height }: Crop): SeenRegion {
  return { x: left + Math.floor(width / 2), y: top + Math.floor(height / 2), w: width, h: height };
}
