import { mapToBytes } from '../../image/map-to-bytes.ts';
import type { Mask } from '../../mask/mask.ts';
import { type Axis, resample } from '../../mask/resample.ts';
import { turn, turnedSize } from '../../mask/turn.ts';
import { unusable } from '../pixels/pixel-layout.ts';
import type { DicomImage } from '../read-image.ts';

/** An image and its outline on one grid. */
export interface OnReleaseGrid {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** [height, width, channels] */
  readonly data: Float32Array;
  readonly mask: Mask;
}

/**
 * A whole image and an outline of it as a release looks at images: turned as its slices lie, with pixels of its spacing,
 * or square ones where it takes any. So learning from it sees what segmenting sees.
 *
 * @param spacing of the release, [row, column] millimetres; null for any
 * @throws InputError `unusable-dicom` where the release needs a spacing that the image does not say, or one that would
 * give more than so many pixels
 */
export function onReleaseGrid(
  { height, width, channels, data, pixels, turn: by, dataSet }: DicomImage,
  mask: Mask,
  spacing: readonly [number, number] | null,
  maxPixels: number,
): OnReleaseGrid {
  const refuse = (problem: string) =>
    unusable(
      dataSet.encoding.name,
      'PixelSpacing',
      problem,
      "Send an image with the size of the patient's pixels",
    );
  const [rows, columns] =
    spacing === null ? [pixels.aspect, 1] : factors(pixels.spacing, spacing, by.transpose);
  if (rows === undefined || columns === undefined) throw refuse('is absent, and the release needs it');
  const size = {
    height: Math.max(1, Math.round(height * rows)),
    width: Math.max(1, Math.round(width * columns)),
  };
  if (size.height * size.width > maxPixels) {
    throw refuse(`gives more than ${maxPixels} pixels of the size that the release looks at`);
  }
  const down: Axis = { source: height, start: 0, length: height, outputs: size.height };
  const across: Axis = { source: width, start: 0, length: width, outputs: size.width };
  const image = resample(data, down, across, channels).data;
  const outline = resample(mask.data, down, across, 1).data;
  const turned = turnedSize(size, by);
  const inside = turn(outline, size, 1, by);
  return {
    ...turned,
    channels,
    data: turn(image, size, channels, by),
    mask: { ...turned, data: mapToBytes(inside, (share) => (share >= 0.5 ? 1 : 0)) },
  };
}

/** How many pixels of the release one of the image's makes, down and across. */
function factors(
  own: readonly [number, number] | undefined,
  release: readonly [number, number],
  transpose: boolean,
): [number, number] | [] {
  if (own === undefined) return [];
  const [row, column] = transpose ? [release[1], release[0]] : release;
  return [own[0] / row, own[1] / column];
}
