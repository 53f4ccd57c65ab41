import { InputError } from '../errors.ts';
import { toChannels } from '../image/grey.ts';
import { standardise } from '../image/standardise.ts';
import { type Axis, type Resampled, resample } from './resample.ts';

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** What a caller asks for: centre in pixels of the image (0-based) and, optionally, extent in pixels. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly w?: number | undefined;
  readonly h?: number | undefined;
}

/**
 * The rectangle of the image that the model looks at, in pixels; it may reach beyond the image. Edges are at whole
 * pixels, unless a size in millimetres had to be met.
 */
export interface Crop extends Size {
  readonly left: number;
  readonly top: number;
}

/**
 * The crop for a region. Without a region: the model's input size around the image's centre, which is the whole image
 * if it has that size. Without an extent: the input size around the region's centre, not resampled. Pixel x comes to
 * index ⌊w/2⌋ of the crop; an extent is rounded to whole pixels.
 *
 * @throws InputError `region-outside-image` if the centre is not on the image, `bad-region` for an impossible extent.
 */
export function cropOfRegion(image: Size, region: Region | undefined, input: Size): Crop {
  const centre = region ?? { x: Math.floor(image.width / 2), y: Math.floor(image.height / 2) };
  if (!(centre.x >= 0 && centre.y >= 0 && centre.x <= image.width - 1 && centre.y <= image.height - 1)) {
    const problem = `has its centre (${centre.x}, ${centre.y}) outside the image of ${image.width} × ${image.height} pixels`;
    const remedy = 'Give the centre in pixels of the image, counted from 0';
    throw new InputError({ code: 'region-outside-image', input: 'region', problem, remedy });
  }
  const width = extent(region?.w, input.width, image.width);
  const height = extent(region?.h, input.height, image.height);
  return { left: firstPixel(centre.x, width), top: firstPixel(centre.y, height), width, height };
}

function extent(asked: number | undefined, input: number, image: number): number {
  if (asked === undefined) return input;
  // Beyond four times the image, nearly all that the model sees would be padding.
  const most = 4 * Math.max(image, input);
  if (!(asked >= 1 && asked <= most)) {
    const problem = `has an extent of ${asked} pixels`;
    throw new InputError({
      code: 'bad-region',
      input: 'region',
      problem,
      remedy: `Give an extent from 1 to ${most} pixels`,
    });
  }
  return Math.round(asked);
}

function firstPixel(centre: number, length: number): number {
  return Math.ceil(centre - length / 2) + 0; // + 0: no negative zero
}

/** Intensities of an image: [height, width, channels]. */
export interface Intensities extends Size {
  readonly channels: number;
  readonly data: Uint8Array | Uint16Array | Float32Array;
}

/**
 * The model's input [input.height, input.width, channels] for a crop: channels converted, resampled where the crop has
 * another size, standardised over the part that lies on the image. What lies outside is 0, which is the mean after
 * standardising, so padding neither shifts the intensities nor invents structure.
 */
export function modelInput(image: Intensities, crop: Crop, input: Size, channels: number): Float32Array {
  const { data, rows, columns } = resample(
    image.data,
    { source: image.height, start: crop.top, length: crop.height, outputs: input.height },
    { source: image.width, start: crop.left, length: crop.width, outputs: input.width },
    image.channels,
  );
  const pixels = toChannels(data, image.channels, channels); // linear, as resampling is: so it may come second
  standardiseInside({ data: pixels, rows, columns }, input.width, channels);
  return pixels;
}

function standardiseInside({ data, rows, columns }: Resampled, width: number, channels: number): void {
  const perRow = (columns[1] - columns[0]) * channels;
  const inside = new Float32Array((rows[1] - rows[0]) * perRow);
  const start = (y: number) => (y * width + columns[0]) * channels;
  for (let y = rows[0]; y < rows[1]; y++) {
    inside.set(data.subarray(start(y), start(y) + perRow), (y - rows[0]) * perRow);
  }
  standardise(inside, inside);
  for (let y = rows[0]; y < rows[1]; y++) {
    const from = (y - rows[0]) * perRow;
    data.set(inside.subarray(from, from + perRow), start(y));
  }
}

/**
 * Puts a probability map of the model's input size back on the image's grid [image.height · image.width], resampling
 * where the crop has another size; 0 outside the crop. Threshold after this, not before: a mask's edge is then as
 * smooth as the image's grid allows.
 *
 * @param out takes the map, whatever it held; memory of its own if absent
 */
export function restoreOnImage(
  probability: Float32Array,
  crop: Crop,
  input: Size,
  image: Size,
  out = new Float32Array(image.height * image.width),
): Float32Array {
  const rows = onImage(crop.top, crop.height, input.height, image.height);
  const columns = onImage(crop.left, crop.width, input.width, image.width);
  const target = { data: out.fill(0), offset: rows.from * image.width + columns.from, stride: image.width };
  resample(probability, rows.axis, columns.axis, 1, target);
  return out;
}

/**
 * The image's pixels from `from` on whose centres the crop covers along one axis, and where they lie in the model's
 * input.
 */
function onImage(start: number, length: number, input: number, image: number): { from: number; axis: Axis } {
  const from = Math.max(0, Math.ceil(start - 0.5));
  const outputs = Math.max(0, Math.min(image, Math.ceil(start + length - 0.5)) - from);
  const step = input / length;
  return { from, axis: { source: input, start: (from - start) * step, length: outputs * step, outputs } };
}
