import { InputError } from '../../errors.ts';
import type { Frame } from '../../mask/frame.ts';
import type { Crop, Region, Size } from '../../mask/region.ts';
import { type Turn, turnedSize } from '../../mask/turn.ts';
import type { DataSet } from '../dataset.ts';
import { unusable } from '../pixels/pixel-layout.ts';
import type { PixelSize } from './pixel-spacing.ts';

/** What a release's model looks at. */
export interface ModelGrid {
  readonly input: Size;
  /** Millimetres, [row, column]; null where the model takes pixels of any size. */
  readonly spacing: readonly [number, number] | null;
  /** Without a region: the input size around the centre, or the whole image. */
  readonly frame: Frame;
}

/** The image that is cropped. */
export interface ImageGrid extends Size {
  readonly pixels: PixelSize;
  /** How it is turned before the model sees it. */
  readonly turn: Turn;
  readonly dataSet: DataSet;
}

/** Beyond four times the image, nearly all that the model sees would be padding. */
const MOST_TIMES = 4;

/**
 * The part of an image that a model looks at, so that its pixels have the spacing that the model was trained on; of a
 * model for pixels of any size they are at least square. The centre of pixel (x, y) of the region comes to the centre
 * of pixel (⌊w/2⌋, ⌊h/2⌋) of the model's input as the model sees it. The edges of the crop lie anywhere between pixels.
 *
 * @param region centre in pixels of the image (0-based), extent in millimetres
 * @throws InputError `region-outside-image`, `bad-region`, `unusable-dicom` where the spacing is not known but needed
 */
export function cropOfImage(image: ImageGrid, region: Region | undefined, model: ModelGrid): Crop {
  const input = turnedSize(model.input, image.turn); // on the image's own rows and columns
  const centre = region ?? { x: Math.floor(image.width / 2), y: Math.floor(image.height / 2) };
  if (!(centre.x >= 0 && centre.y >= 0 && centre.x <= image.width - 1 && centre.y <= image.height - 1)) {
    const problem = `has its centre (${centre.x}, ${centre.y}) outside the image of ${image.width} × ${image.height} pixels`;
    const remedy = 'Give the centre in pixels of the image, counted from 0';
    throw new InputError({ code: 'region-outside-image', input: 'region', problem, remedy });
  }
  const { height, width } = extent(image, region, model, input);
  checkExtent(image, { height, width });
  const reversed = reversal(image.turn);
  return {
    top: firstEdge(centre.y, height, input.height, reversed.rows),
    left: firstEdge(centre.x, width, input.width, reversed.columns),
    height,
    width,
  };
}

/** The region that gives a crop again: its centre in pixels, and its extent in millimetres where they are known. */
export function regionOfCrop(
  crop: Crop,
  { pixels, turn }: Pick<ImageGrid, 'pixels' | 'turn'>,
  model: Size,
): { x: number; y: number; w: number; h: number } {
  const input = turnedSize(model, turn);
  const [row, column] = pixels.spacing ?? [1, 1];
  const reversed = reversal(turn);
  return {
    x: crop.left - firstEdge(0, crop.width, input.width, reversed.columns),
    y: crop.top - firstEdge(0, crop.height, input.height, reversed.rows),
    w: crop.width * column,
    h: crop.height * row,
  };
}

/** Extent of the crop in pixels of the image, fractions and all. */
function extent(image: ImageGrid, region: Region | undefined, model: ModelGrid, input: Size): Size {
  const { spacing, aspect } = image.pixels;
  if (region?.w !== undefined && region.h !== undefined) {
    if (spacing === undefined) throw noSpacing(image, 'the size of the region is in millimetres');
    return { height: region.h / spacing[0], width: region.w / spacing[1] };
  }
  if (model.frame === 'whole' && region === undefined) {
    const side = Math.max(image.width, image.height * aspect);
    return { height: side / aspect, width: side };
  }
  if (model.spacing === null) return { height: input.height / aspect, width: input.width };
  if (spacing === undefined) throw noSpacing(image, 'the release reads pixels of a certain size');
  const [row, column] = image.turn.transpose ? [model.spacing[1], model.spacing[0]] : model.spacing;
  return { height: (input.height * row) / spacing[0], width: (input.width * column) / spacing[1] };
}

function checkExtent(image: Size, { height, width }: Size): void {
  const most = MOST_TIMES * Math.max(image.height, image.width);
  if (Math.min(height, width) >= 1 && Math.max(height, width) <= most) return;
  const problem = `spans ${width.toFixed(1)} × ${height.toFixed(1)} pixels of the image`;
  const remedy = `Give a size that spans from 1 to ${most} pixels`;
  throw new InputError({ code: 'bad-region', input: 'region', problem, remedy });
}

/**
 * Where the crop begins along an axis, so that a pixel's centre comes to that of the middle pixel of the input: the same
 * one however the image is stored, so that an axis that is reversed for the model counts from its other end.
 */
function firstEdge(centre: number, length: number, input: number, reversed: boolean): number {
  const middle = Math.floor(input / 2);
  return centre + 0.5 - (((reversed ? input - 1 - middle : middle) + 0.5) * length) / input;
}

/** Whether the image's rows and columns are reversed for the model. */
function reversal({ transpose, flipRows, flipColumns }: Turn): { rows: boolean; columns: boolean } {
  return transpose ? { rows: flipColumns, columns: flipRows } : { rows: flipRows, columns: flipColumns };
}

function noSpacing({ dataSet }: ImageGrid, reason: string): InputError {
  const remedy = 'Send an image with Pixel Spacing';
  return unusable(dataSet.encoding.name, 'PixelSpacing', `is absent, and ${reason}`, remedy);
}
