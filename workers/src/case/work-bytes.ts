import type { PixelLayout } from '@d-persona/shared/dicom/pixels/pixel-layout.ts';
import type { Compression } from '@d-persona/shared/dicom/transfer-syntax.ts';
import type { Size } from '@d-persona/shared/mask/region.ts';
import { featureChannels } from '@d-persona/shared/model/architecture.ts';
import type { Model } from '../engine/model.ts';

/**
 * What a decoder takes for each sample of 8 and of 16 bits, beside the compressed frame. Of JPEG 2000 measured at four
 * million pixels; memory that was given back counts too, for the garbage is not collected before the answer is done.
 */
const DECODER_BYTES: Readonly<Record<Compression, readonly [of8: number, of16: number]>> = {
  'jpeg-2000': [7, 8],
  htj2k: [3, 5],
  jpeg: [3, 6],
  'jpeg-ls': [3, 6],
  'jpeg-lossless': [3, 6],
  rle: [2, 4],
};
/** Compressed frames that a decoder holds: the one that it is given, and its own copy. */
const COPIES = 2;
/** A decoder's memory grows in steps. */
const DECODER_STEP = 2 ** 20;
/** A value as the model reads it. */
const VALUE_BYTES = 4;
/** Noise does not compress, and headers come on top. */
const NO_COMPRESSION = 1.1;

/**
 * Bytes that reading a frame of a DICOM image takes, beside the object itself.
 *
 * @param compressed bytes of the frame as it was sent; as many as of noise where it is not known
 */
export function frameBytes(layout: PixelLayout, compression?: Compression, compressed?: number): number {
  const { rows, columns, samples, bitsAllocated } = layout;
  const values = rows * columns * samples;
  const cells = (values * bitsAllocated) / 8;
  const read = cells + VALUE_BYTES * values;
  if (compression === undefined) return read;
  const perSample = DECODER_BYTES[compression][bitsAllocated > 8 ? 1 : 0];
  const copies = COPIES * Math.min(compressed ?? Number.POSITIVE_INFINITY, NO_COMPRESSION * cells);
  return read + DECODER_STEP + perSample * values + copies;
}

/** What a release holds while it is used, at least. */
export function leastBytes({ engine: { core, bytes } }: Model): number {
  return bytes + (core?.weightBytes ?? 0);
}

/** Bytes that encoding an image takes: its input twice, what is kept of it, and how much the arena grows. */
export function encodingBytes({ engine, inputSize, manifest }: Model): number {
  const { architecture } = manifest;
  const pixels = inputSize.height * inputSize.width;
  const kept = 4 * pixels * featureChannels(architecture);
  return 8 * pixels * architecture.channels + kept + growth(engine.core, inputSize);
}

function growth(core: Model['engine']['core'], size: Size): number {
  return core === undefined ? 0 : Math.max(0, core.bytesFor(size) - core.bytes);
}

/** What an answer takes for each pixel of the image: a map, its mask, the outline; and a picture of it, too. */
export const DRAWN_BYTES = 6;
export const PICTURE_BYTES = 12;
/** Sums over maps of the model's grid. */
const SUM_BYTES = 32;

/** Bytes that drawing on an image takes: one map after the other. @param perPixel one of the above, or 0 for no map */
export function answerBytes(image: Size, { engine, inputSize }: Model, perPixel: number): number {
  const sums = SUM_BYTES * inputSize.height * inputSize.width;
  return perPixel * image.height * image.width + sums + growth(engine.core, inputSize);
}

/** What comes after an image was read: it is asked for before, for what was read is not given back in between. */
export function bytesAhead(image: Size, model: Model, perPixel: number): number {
  const arena = growth(model.engine.core, model.inputSize); // grows once, for encoding
  return encodingBytes(model) + answerBytes(image, model, perPixel) - arena;
}

/** A probability that is kept until the DICOM object is written, and what is written. */
const FRACTION_BYTES = 6;

/** Bytes of all maps of a fractional segmentation: they are kept until the last one is there. */
export function fractionalBytes(image: Size, maps: number): number {
  return FRACTION_BYTES * image.height * image.width * maps;
}
