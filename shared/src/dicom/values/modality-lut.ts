import { malformed } from '../dicom-problem.ts';
import { type Keyword, tagOf } from '../dictionary.ts';
import { type FrameAttributes, holderOf } from '../functional-groups.ts';
import { lookUp, readLookupTable } from './lookup-table.ts';

/** From stored values to what the modality measured (modality LUT, PS3.3 C.11.1). */
export interface ModalityTransform {
  apply(value: number): number;
  /** Units of the result: Rescale Type or Modality LUT Type; undefined where the object does not say. */
  readonly units: string | undefined;
  /** The object has neither a table nor a rescale: stored values stay as they are. */
  readonly identity: boolean;
  /** Results may be negative. */
  readonly signed: boolean;
}

/**
 * The transform of a frame: a modality LUT, or rescale slope and intercept, of the frame's own Pixel Value
 * Transformation (C.7.6.16.2.9) if it has one.
 *
 * @throws InputError `malformed-dicom`
 */
export function modalityTransform(frame: FrameAttributes, signed: boolean): ModalityTransform {
  const { dataSet } = frame;
  const [sequence] = dataSet.items('ModalityLUTSequence');
  if (sequence !== undefined) {
    const table = readLookupTable(sequence, { descriptor: 'LUTDescriptor', data: 'LUTData' }, signed);
    const units = sequence.string('ModalityLUTType');
    return { apply: (value) => lookUp(table, value), units, identity: false, signed: false };
  }
  const read = (keyword: Keyword) =>
    holderOf(frame, 'PixelValueTransformationSequence', keyword).number(keyword);
  const slope = read('RescaleSlope');
  const intercept = read('RescaleIntercept');
  if ((slope === undefined) !== (intercept === undefined)) {
    const missing = slope === undefined ? 'RescaleSlope' : 'RescaleIntercept';
    throw malformed(dataSet.encoding.name, tagOf(missing), 'is missing, where its counterpart is there');
  }
  if (slope === 0) throw malformed(dataSet.encoding.name, tagOf('RescaleSlope'), 'is 0');
  const units = holderOf(frame, 'PixelValueTransformationSequence', 'RescaleType').string('RescaleType');
  if (slope === undefined || intercept === undefined) {
    return { apply: (value) => value, units, identity: true, signed };
  }
  const negative = signed || slope < 0 || intercept < 0;
  return { apply: (value) => value * slope + intercept, units, identity: false, signed: negative };
}
