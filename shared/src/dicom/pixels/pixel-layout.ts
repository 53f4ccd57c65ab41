import type { DataSet } from '../dataset.ts';
import { dicomError, malformed } from '../dicom-problem.ts';
import { type Keyword, tagOf } from '../dictionary.ts';

/** Colour spaces of stored pixels that are read here (PS3.3 C.7.6.3.1.2). */
export const PHOTOMETRIC = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_RCT',
  'YBR_ICT',
] as const;

export type Photometric = (typeof PHOTOMETRIC)[number];

/** How pixels lie in the pixel data (image pixel module, PS3.3 C.7.6.3); consistent in itself. */
export interface PixelLayout {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  readonly samples: 1 | 3;
  readonly photometric: Photometric;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly highBit: number;
  readonly signed: boolean;
  /** Colour by plane, not by pixel. */
  readonly planar: boolean;
}

export interface PixelLimits {
  /** Most pixels of a frame. */
  readonly maxPixels: number;
  readonly maxFrames: number;
}

/**
 * Reads and checks the image pixel module: nothing is allocated before its sizes are known to be within the limits.
 *
 * @throws InputError `unusable-dicom` for no image, or one of a kind that is not read; `malformed-dicom` for a module
 * that contradicts itself; `dicom-too-large`.
 */
export function readPixelLayout(dataSet: DataSet, limits: PixelLimits): PixelLayout {
  const { name } = dataSet.encoding;
  refuseOtherPixels(dataSet);
  const rows = size(dataSet, 'Rows');
  const columns = size(dataSet, 'Columns');
  const frames = frameCount(dataSet);
  checkSize({ rows, columns, frames }, limits, name);
  const photometric = photometricOf(dataSet);
  const samples = photometric.startsWith('MONO') || photometric === 'PALETTE COLOR' ? 1 : 3;
  if (required(dataSet, 'SamplesPerPixel') !== samples) {
    throw malformed(name, tagOf('SamplesPerPixel'), `does not fit ${photometric}`);
  }
  const bitsAllocated = required(dataSet, 'BitsAllocated');
  if (bitsAllocated !== 8 && bitsAllocated !== 16) {
    throw unusable(name, 'BitsAllocated', 'is neither 8 nor 16', 'Send pixels of 8 or 16 bits');
  }
  const bitsStored = dataSet.number('BitsStored') ?? bitsAllocated;
  const highBit = dataSet.number('HighBit') ?? bitsStored - 1;
  if (bitsStored < 1 || bitsStored > bitsAllocated) {
    throw malformed(name, tagOf('BitsStored'), `is not from 1 to the ${bitsAllocated} bits allocated`);
  }
  if (highBit >= bitsAllocated || highBit < bitsStored - 1) {
    throw malformed(name, tagOf('HighBit'), `leaves no room for ${bitsStored} bits`);
  }
  const signed = (dataSet.number('PixelRepresentation') ?? 0) === 1;
  const planar = samples === 3 && dataSet.number('PlanarConfiguration') === 1;
  return { rows, columns, frames, samples, photometric, bitsAllocated, bitsStored, highBit, signed, planar };
}

function refuseOtherPixels(dataSet: DataSet): void {
  const { name } = dataSet.encoding;
  const remedy = 'Send an image with Pixel Data';
  if (dataSet.string('Modality') === 'SEG' || dataSet.string('SOPClassUID') === SEGMENTATION) {
    throw unusable(
      name,
      'SOPClassUID',
      'is a segmentation, not an image',
      'Send the image that was segmented',
    );
  }
  if (dataSet.has('FloatPixelData') || dataSet.has('DoubleFloatPixelData')) {
    throw unusable(name, 'FloatPixelData', 'holds floating-point pixels, which are not read here', remedy);
  }
  if (!dataSet.has('PixelData'))
    throw unusable(name, 'PixelData', 'is absent: the object is no image', remedy);
}

const SEGMENTATION = '1.2.840.10008.5.1.4.1.1.66.4';

function photometricOf(dataSet: DataSet): Photometric {
  const { name } = dataSet.encoding;
  const term = dataSet.string('PhotometricInterpretation');
  if (term === undefined) throw malformed(name, tagOf('PhotometricInterpretation'), 'is missing');
  const known = PHOTOMETRIC.find((candidate) => candidate === term);
  if (known !== undefined) return known;
  const problem = 'is a colour space that is not read here';
  throw unusable(name, 'PhotometricInterpretation', problem, `Send one of ${PHOTOMETRIC.join(', ')}`);
}

function frameCount(dataSet: DataSet): number {
  const frames = dataSet.number('NumberOfFrames') ?? 1;
  if (Number.isInteger(frames) && frames >= 1) return frames;
  throw malformed(dataSet.encoding.name, tagOf('NumberOfFrames'), 'is no number from 1 on');
}

function size(dataSet: DataSet, keyword: 'Rows' | 'Columns'): number {
  const value = required(dataSet, keyword);
  if (value >= 1) return value;
  throw malformed(dataSet.encoding.name, tagOf(keyword), 'is 0');
}

function required(dataSet: DataSet, keyword: Keyword): number {
  const value = dataSet.number(keyword);
  if (value !== undefined && Number.isInteger(value)) return value;
  throw malformed(dataSet.encoding.name, tagOf(keyword), 'is missing');
}

function checkSize(
  { rows, columns, frames }: { rows: number; columns: number; frames: number },
  { maxPixels, maxFrames }: PixelLimits,
  name: string,
): void {
  const [keyword, problem]: [Keyword, string] | [] =
    rows * columns > maxPixels
      ? ['Rows', `and Columns give ${rows * columns} pixels, more than the limit of ${maxPixels}`]
      : frames > maxFrames
        ? ['NumberOfFrames', `is ${frames}, more than the limit of ${maxFrames}`]
        : [];
  if (keyword === undefined || problem === undefined) return;
  const remedy = 'Send the frames or the part of the image that matter';
  throw dicomError({ code: 'dicom-too-large', name, tag: tagOf(keyword), problem, remedy });
}

/** The error for what is well-formed, but no use here. */
export function unusable(name: string, keyword: Keyword, problem: string, remedy: string) {
  return dicomError({ code: 'unusable-dicom', name, tag: tagOf(keyword), problem, remedy });
}
