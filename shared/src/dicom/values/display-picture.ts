import type { Image8or16 } from '../../image/image8or16.ts';
import { mapToBytes } from '../../image/map-to-bytes.ts';
import type { DataSet } from '../dataset.ts';
import { frameAttributes } from '../functional-groups.ts';
import type { FrameCells } from '../pixels/decode-frame.ts';
import type { PixelLayout } from '../pixels/pixel-layout.ts';
import { colourValues } from './colour.ts';
import { modalityValues } from './frame-values.ts';
import { type VoiTransform, voiTransform, windowExactly } from './voi.ts';

/**
 * A frame as a reader sees it, 8 bits: by the object's own VOI LUT or window (PS3.3 C.11.2), over the range of its
 * values where it has none; MONOCHROME1 turned round.
 */
export function displayPicture(
  cells: FrameCells,
  layout: PixelLayout,
  dataSet: DataSet,
  frame: number,
): Image8or16 {
  const { rows: height, columns: width } = layout;
  if (layout.samples === 3 || layout.photometric === 'PALETTE COLOR') {
    const data = mapToBytes(colourValues(cells, layout, dataSet), Math.round);
    return { height, width, channels: 3, bitDepth: 8, data };
  }
  const attributes = frameAttributes(dataSet, frame, layout.frames);
  const { values, transform } = modalityValues(cells, layout, attributes);
  const voi = voiTransform(attributes, transform.signed) ?? wholeRange(values);
  const turned = layout.photometric === 'MONOCHROME1';
  const data = mapToBytes(values, (value) => Math.round(turned ? 255 - voi(value) : voi(value)));
  return { height, width, channels: 1, bitDepth: 8, data };
}

function wholeRange(values: Float32Array): VoiTransform {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return windowExactly((min + max) / 2, Math.max(max - min, Number.MIN_VALUE));
}
