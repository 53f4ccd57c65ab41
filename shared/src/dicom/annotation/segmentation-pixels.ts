import { unpackBits } from '../answer/bit-packer.ts';
import type { DataSet } from '../dataset.ts';
import { dicomError, malformed } from '../dicom-problem.ts';
import { tagOf } from '../dictionary.ts';

/** The pixels of a segmentation object. */
export interface SegmentationPixels {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** Whether a frame shows all segments, told apart by the values of its pixels, and not one. */
  readonly labelMap: boolean;
  /**
   * Where a frame shows a segment: [rows · columns] of 0 and 1; of a fractional segmentation, where it holds at least
   * half of its largest value.
   */
  maskOf(frame: number, segment: number): Uint8Array;
}

/**
 * Finds the pixels of a segmentation object.
 *
 * @throws InputError `malformed-dicom` where they are not all there, `unsupported-transfer-syntax` if compressed.
 */
export function segmentationPixels(dataSet: DataSet, name: string): SegmentationPixels {
  const rows = dataSet.number('Rows') ?? 0;
  const columns = dataSet.number('Columns') ?? 0;
  const frames = dataSet.number('NumberOfFrames') ?? 1;
  const bits = dataSet.number('BitsAllocated');
  const type = dataSet.string('SegmentationType');
  if (dataSet.element('PixelData')?.fragments !== undefined) {
    throw dicomError({
      code: 'unsupported-transfer-syntax',
      name,
      tag: tagOf('PixelData'),
      problem: 'is compressed',
      remedy: 'Send the segmentation in explicit VR little endian, which needs no compression',
    });
  }
  const pixels = rows * columns;
  const data = dataSet.bytes('PixelData') ?? new Uint8Array();
  if (pixels === 0 || !(frames >= 1) || data.length < Math.ceil((pixels * frames * (bits ?? 1)) / 8)) {
    const problem = `has ${data.length} bytes, too few for ${frames} frames of ${rows} × ${columns} pixels`;
    throw malformed(name, tagOf('PixelData'), problem);
  }
  const load = loader(dataSet, data, pixels, `${type} ${bits}`);
  if (load === undefined) {
    const problem = 'is not BINARY with 1 bit a pixel, FRACTIONAL with 8, or LABELMAP with 8 or 16';
    throw malformed(name, tagOf('SegmentationType'), problem);
  }
  return { rows, columns, frames, labelMap: type === 'LABELMAP', maskOf: load };
}

type Load = SegmentationPixels['maskOf'];

function loader(dataSet: DataSet, data: Uint8Array, pixels: number, kind: string): Load | undefined {
  const bytesOf = (frame: number) => data.subarray(frame * pixels, (frame + 1) * pixels);
  switch (kind) {
    case 'BINARY 1':
      return (frame) => unpackBits(data, frame * pixels, pixels);
    case 'FRACTIONAL 8': {
      const largest = dataSet.number('MaximumFractionalValue') ?? 255;
      return (frame) => bytesOf(frame).map((value) => Number(2 * value >= largest));
    }
    case 'LABELMAP 8':
      return (frame, segment) => bytesOf(frame).map((value) => Number(value === segment));
    case 'LABELMAP 16': {
      const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
      const { littleEndian } = dataSet.encoding;
      const valueAt = (i: number) => view.getUint16(2 * i, littleEndian);
      return (frame, segment) =>
        Uint8Array.from({ length: pixels }, (_, i) => Number(valueAt(frame * pixels + i) === segment));
    }
    default:
      return undefined;
  }
}
