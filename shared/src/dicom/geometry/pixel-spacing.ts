import type { DataSet } from '../dataset.ts';
import { malformed } from '../dicom-problem.ts';
import { type Keyword, tagOf } from '../dictionary.ts';
import { type FrameAttributes, holderOf } from '../functional-groups.ts';

/** How large pixels are. */
export interface PixelSize {
  /**
   * Millimetres between rows and between columns (PS3.3 10.7.1.3); undefined where the image does not say.
   */
  readonly spacing: readonly [row: number, column: number] | undefined;
  /** At the detector, not in the patient: without the magnification of the projection (PS3.3 10.7.1.2). */
  readonly atDetector: boolean;
  /** Height of a pixel divided by its width. */
  readonly aspect: number;
}

/** By rank: spacing in the patient, at the imager's plane, of a scanned film. */
const AT_DETECTOR: readonly Keyword[] = ['ImagerPixelSpacing', 'NominalScannedPixelSpacing'];

/**
 * The size of a frame's pixels: Pixel Spacing, of the frame's pixel measures (PS3.3 C.7.6.16.2.1) or the image (10.7);
 * else the spacing at the detector; else only Pixel Aspect Ratio (C.7.6.3.1.7), and square pixels without that.
 *
 * @throws InputError `malformed-dicom`
 */
export function pixelSize(frame: FrameAttributes): PixelSize {
  const inPatient = pair(holderOf(frame, 'PixelMeasuresSequence', 'PixelSpacing'), 'PixelSpacing');
  if (inPatient) return { spacing: inPatient, atDetector: false, aspect: inPatient[0] / inPatient[1] };
  for (const keyword of AT_DETECTOR) {
    const spacing = pair(frame.dataSet, keyword);
    if (spacing) return { spacing, atDetector: true, aspect: spacing[0] / spacing[1] };
  }
  const ratio = pair(frame.dataSet, 'PixelAspectRatio');
  return { spacing: undefined, atDetector: false, aspect: ratio ? ratio[0] / ratio[1] : 1 };
}

const LEAST = 1e-6;
const MOST = 1e4;

/** Two positive numbers, vertical first; undefined where there are none. */
function pair(dataSet: DataSet, keyword: Keyword): readonly [number, number] | undefined {
  const values = dataSet.numbers(keyword);
  if (values.length === 0) return undefined;
  const [vertical = 0, horizontal = 0] = values;
  if (values.length === 2 && values.every((value) => value > LEAST && value < MOST)) {
    return [vertical, horizontal];
  }
  throw malformed(dataSet.encoding.name, tagOf(keyword), 'is no pair of positive sizes');
}
