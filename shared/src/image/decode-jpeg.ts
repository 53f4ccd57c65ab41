import jpeg from 'jpeg-js';
import { checkDimensions, type ImageLimits } from './image-limits.ts';
import { brokenImage } from './image-problem.ts';
import type { Image8or16 } from './image8or16.ts';
import { readJpegHeader } from './jpeg-header.ts';

/** What the library takes at its peak. */
const BYTES_PER_SAMPLE = 20;

/**
 * Decodes a JPEG of 8 bits, grey or colour, baseline or progressive. The pixel grid is the stored one: an orientation
 * in EXIF is not applied, so that a mask comes back on the grid that was sent. Takes about 20 bytes of memory for each
 * pixel and component while decoding.
 *
 * @throws InputError `broken-image`, `unsupported-image`, `image-too-large`, `image-too-small`.
 */
export function decodeJpeg(bytes: Uint8Array, name: string, limits: ImageLimits): Image8or16 {
  const { width, height, components } = readJpegHeader(bytes, name);
  checkDimensions(height, width, name, limits);
  limits.admit?.(BYTES_PER_SAMPLE * height * width * components, { height, width });
  const rgb = decodeRgb(bytes, name);
  if (components === 3) return { height, width, channels: 3, bitDepth: 8, data: rgb };
  const grey = new Uint8Array(height * width);
  for (let i = 0; i < grey.length; i++) grey[i] = rgb[3 * i] as number;
  return { height, width, channels: 1, bitDepth: 8, data: grey };
}

function decodeRgb(bytes: Uint8Array, name: string): Uint8Array {
  try {
    // Dimensions are checked by now, so the library's own limits only have to be out of the way.
    const limits = {
      maxResolutionInMP: Number.POSITIVE_INFINITY,
      maxMemoryUsageInMB: Number.POSITIVE_INFINITY,
    };
    return jpeg.decode(bytes, { useTArray: true, formatAsRGBA: false, tolerantDecoding: false, ...limits })
      .data;
  } catch (cause) {
    throw brokenImage(name, 'is a JPEG whose compressed pixels are damaged', cause);
  }
}
