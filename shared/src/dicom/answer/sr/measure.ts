import { maskDiameters } from '../../../mask/diameters.ts';
import { maskArea } from '../../../mask/mask.ts';
import { dicomError } from '../../dicom-problem.ts';
import type { SourceImage } from '../../source-image.ts';
import { type AnswerSegment, maskOn } from '../answer.ts';

/** What a radiologist reports of a lesion, on one image. */
export interface Measurements {
  /** Square millimetres. */
  readonly area: number;
  /** Longest diameter, millimetres. */
  readonly long: number;
  /** Longest diameter perpendicular to it, millimetres. */
  readonly short: number;
}

/** Measurements of a segment, and the frame of the source they were made on: the one where its diameter is longest. */
export interface MeasuredSegment extends Measurements {
  /** Null if the segment is empty; all is 0 then. */
  readonly frame: number | null;
}

/**
 * Measures a segment where its diameter is longest, as RECIST has it.
 *
 * @throws InputError `unusable-dicom` if the image has no pixel spacing.
 */
export function measureSegment(source: SourceImage, segment: AnswerSegment): MeasuredSegment {
  let best: MeasuredSegment = { area: 0, long: 0, short: 0, frame: null };
  for (const [frame, { pixelSpacing }] of source.frames.entries()) {
    if (pixelSpacing === undefined) throw noSpacing();
    const mask = maskOn(source, segment, frame);
    const [row, column] = pixelSpacing;
    const diameters = mask && maskDiameters(mask, { row, column });
    if (!mask || !diameters || diameters.long.length <= best.long) continue;
    const { long, short } = diameters;
    best = { area: maskArea(mask) * row * column, long: long.length, short: short.length, frame };
  }
  return best;
}

function noSpacing() {
  return dicomError({
    code: 'unusable-dicom',
    name: 'image',
    problem: 'has no pixel spacing, so that nothing can be measured in millimetres',
    remedy: 'Ask for a segmentation object or JSON, which count in pixels',
  });
}

/** Of numbers: how far they are apart. */
export interface Spread {
  readonly minimum: number;
  readonly maximum: number;
  readonly mean: number;
  /** Of the sample (n − 1): the personas stand for readers like them. */
  readonly deviation: number;
}

/** @param values at least two. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    mean,
    deviation: Math.sqrt(squares / (values.length - 1)),
  };
}
