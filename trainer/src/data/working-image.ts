import { toChannels } from '@d-persona/shared/image/grey.ts';
import type { Crop } from '@d-persona/shared/mask/region.ts';
import { resample } from '@d-persona/shared/mask/resample.ts';
import { emptyLike, type MaskBits } from './mask-bits.ts';
import type { SamplePixels } from './sample.ts';

/**
 * A sample at the model's resolution, before augmentation: the input's square and a margin around it, as far as the
 * image reaches. Intensities stay in the image's unit and width, so that many fit into memory.
 */
export interface WorkingImage {
  readonly height: number;
  readonly width: number;
  /** [height, width, channels] */
  readonly data: Uint8Array | Uint16Array;
  readonly channels: number;
  readonly masks: MaskBits;
  /** Row and column of this raster's first pixel, counted from the input's first. */
  readonly top: number;
  readonly left: number;
}

/**
 * @param crop the square of the image that becomes the input of `size` × `size`
 * @param margin pixels of the input to keep around it
 */
export function workingImage(
  { image, masks }: SamplePixels,
  crop: Crop,
  size: number,
  margin: number,
  channels: number,
): WorkingImage {
  const rows = stretch(crop.top, crop.height, image.height, size, margin);
  const columns = stretch(crop.left, crop.width, image.width, size, margin);
  const resampled = resample(image.data, rows.axis, columns.axis, image.channels).data;
  const values = toChannels(resampled, image.channels, channels);
  return {
    height: rows.axis.outputs,
    width: columns.axis.outputs,
    data: image.bitDepth === 16 ? Uint16Array.from(values, Math.round) : Uint8Array.from(values, Math.round),
    channels,
    masks: nearest(masks, rows.axis, columns.axis),
    top: rows.from,
    left: columns.from,
  };
}

/** The masks at the input's resolution, one source pixel each; what lies outside the image is 0. */
export function croppedMasks(masks: MaskBits, crop: Crop, size: number): MaskBits {
  return nearest(
    masks,
    { start: crop.top, length: crop.height, outputs: size },
    { start: crop.left, length: crop.width, outputs: size },
  );
}

/** One axis: the outputs from `from` on, at most `margin` outside [0, size), whose centres lie on the image. */
function stretch(start: number, length: number, source: number, size: number, margin: number) {
  const step = length / size;
  const from = Math.max(-margin, Math.ceil(-start / step - 0.5)) + 0; // + 0: no negative zero
  const to = Math.min(size + margin, Math.ceil((source - start) / step - 0.5));
  const outputs = Math.max(0, to - from);
  return { from, axis: { source, start: start + from * step, length: outputs * step, outputs } };
}

interface Line {
  readonly start: number;
  readonly length: number;
  readonly outputs: number;
}

/** Takes the source pixel that each output's centre falls on. */
function nearest({ height, width, data }: MaskBits, vertical: Line, horizontal: Line): MaskBits {
  const sources = ({ start, length, outputs }: Line) =>
    Int32Array.from({ length: outputs }, (_, i) => Math.floor(start + ((i + 0.5) * length) / outputs));
  const rows = sources(vertical);
  const columns = sources(horizontal);
  const bits = emptyLike(data, rows.length * columns.length);
  for (let y = 0; y < rows.length; y++) {
    const row = rows[y] as number;
    if (row < 0 || row >= height) continue;
    for (let x = 0; x < columns.length; x++) {
      const column = columns[x] as number;
      if (column >= 0 && column < width) bits[y * columns.length + x] = data[row * width + column] as number;
    }
  }
  return { height: rows.length, width: columns.length, data: bits };
}
