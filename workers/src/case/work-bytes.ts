import type { PixelLayout } from '@d-persona/shared/dicom/pixels/pixel-layout.ts';
import type { Compression } from '@d-persona/shared/dicom/transfer-syntax.ts';
import type { Size } from '@d-persona/shared/mask/region.ts';
import { featureChannels } from '@d-persona/shared/model/architecture.ts';
import type { Model } from '../engine/model.ts';

/** What a decoder takes for each sample of 8 and of 16 bits, the compressed frame and its own result included. */
const DECODER_BYTES: Readonly<Record<Compression, readonly [of8: number, of16: number]>> = {
  'jpeg-2000': [9, 13], // measured on noise, which compresses least: 8.0 and 12.5 at four million pixels
  htj2k: [4, 8], // 3.9 and 7.3
  jpeg: [4, 8],
  'jpeg-ls': [5, 8],
  'jpeg-lossless': [5, 8],
  rle: [3, 6],
};
/** A decoder's memory grows in steps. */
const DECODER_STEP = 2 ** 20;
/** A value as the model reads it. */
const VALUE_BYTES = 4;

/** Bytes at the peak of reading a frame of a DICOM image, beside the object itself. */
export function frameBytes(
  { rows, columns, samples, bitsAllocated }: PixelLayout,
  compression?: Compression,
): number {
  const values = rows * columns * samples;
  const cells = (values * bitsAllocated) / 8;
  const decoding = compression === undefined ? 0 : decoderBytes(values, bitsAllocated, compression);
  return cells + Math.max(decoding, VALUE_BYTES * values);
}

function decoderBytes(values: number, bits: number, compression: Compression): number {
  const [of8, of16] = DECODER_BYTES[compression];
  return DECODER_STEP + values * (bits > 8 ? of16 : of8);
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

/** A map on the image's grid, what it was resampled from, its mask, and a picture of it. */
const DRAWN_BYTES = 12;
/** Sums over maps of the model's grid. */
const SUM_BYTES = 32;

/** Bytes that drawing on an image takes: one map after the other. */
export function answerBytes(image: Size, { engine, inputSize }: Model): number {
  const sums = SUM_BYTES * inputSize.height * inputSize.width;
  return DRAWN_BYTES * image.height * image.width + sums + growth(engine.core, inputSize);
}

/** A probability that is kept until the DICOM object is written, and what is written. */
const FRACTION_BYTES = 6;

/** Bytes of all maps of a fractional segmentation: they are kept until the last one is there. */
export function fractionalBytes(image: Size, maps: number): number {
  return FRACTION_BYTES * image.height * image.width * maps;
}
