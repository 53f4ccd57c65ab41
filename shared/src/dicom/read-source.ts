import { ATTRIBUTES, type Keyword } from './attributes.ts';
import type { DataSet } from './dataset.ts';
import { malformed } from './dicom-problem.ts';
import { tagOf } from './dictionary.ts';
import { frameAttributes, holderOf } from './functional-groups.ts';
import { orientationOf } from './geometry/orientation.ts';
import { pixelSize } from './geometry/pixel-spacing.ts';
import type { SourceFrame, SourceImage } from './source-image.ts';
import type { WritableDataSet } from './write-dataset.ts';

/** Of the patient module (PS3.3 C.7.1.1). */
const PATIENT = [
  'PatientName',
  'PatientID',
  'IssuerOfPatientID',
  'PatientBirthDate',
  'PatientSex',
  'PatientIdentityRemoved',
  'DeidentificationMethod',
  'DeidentificationMethodCodeSequence',
] as const satisfies readonly Keyword[];

/** Of the general study and patient study modules (PS3.3 C.7.2.1, C.7.2.2). */
const STUDY = [
  'StudyDate',
  'StudyTime',
  'AccessionNumber',
  'ReferringPhysicianName',
  'StudyDescription',
  'StudyID',
  'PatientAge',
  'PatientSize',
  'PatientWeight',
] as const satisfies readonly Keyword[];

const SERIES = [
  'PositionReferenceIndicator',
  'Laterality',
  'PatientOrientation',
  'TimezoneOffsetFromUTC',
  'LossyImageCompression',
  'LossyImageCompressionRatio',
  'LossyImageCompressionMethod',
  'SpacingBetweenSlices',
  'LossyImageCompression',
  'LossyImageCompressionRatio',
  'LossyImageCompressionMethod',
] as const satisfies readonly Keyword[];

/** What a code sequence's item holds. */
const CODE = ['CodeValue', 'CodingSchemeDesignator', 'CodeMeaning'] as const satisfies readonly Keyword[];

/**
 * What objects derived from an image take over, with the frames that are asked for.
 *
 * @param frames 0-based, of `count`
 * @throws InputError `malformed-dicom` for an image that does not say which it is
 */
export function readSource(dataSet: DataSet, frames: readonly number[], count: number): SourceImage {
  return {
    rows: dataSet.number('Rows') ?? 0,
    columns: dataSet.number('Columns') ?? 0,
    modality: dataSet.string('Modality') ?? 'OT',
    studyInstanceUid: uid(dataSet, 'StudyInstanceUID'),
    seriesInstanceUid: uid(dataSet, 'SeriesInstanceUID'),
    frameOfReferenceUid: dataSet.string('FrameOfReferenceUID'),
    multiFrame: dataSet.has('NumberOfFrames') && count > 1,
    patient: copy(dataSet, PATIENT),
    study: copy(dataSet, STUDY),
    series: copy(dataSet, SERIES),
    frames: frames.map((frame) => readFrame(dataSet, frame, count)),
  };
}

function readFrame(dataSet: DataSet, index: number, count: number): SourceFrame {
  const frame = frameAttributes(dataSet, index, count);
  const position = holderOf(frame, 'PlanePositionSequence', 'ImagePositionPatient').numbers(
    'ImagePositionPatient',
  );
  if (position.length !== 0 && position.length !== 3) {
    throw malformed(dataSet.encoding.name, tagOf('ImagePositionPatient'), 'is no point of three coordinates');
  }
  return {
    sopClassUid: uid(dataSet, 'SOPClassUID'),
    sopInstanceUid: uid(dataSet, 'SOPInstanceUID'),
    frameNumber: index + 1,
    pixelSpacing: pixelSize(frame).spacing,
    imageOrientationPatient: orientationOf(frame),
    imagePositionPatient: position.length === 3 ? position : undefined,
    sliceThickness: holderOf(frame, 'PixelMeasuresSequence', 'SliceThickness').number('SliceThickness'),
  };
}

function uid(dataSet: DataSet, keyword: Keyword): string {
  const value = dataSet.string(keyword);
  if (value === undefined) throw malformed(dataSet.encoding.name, tagOf(keyword), 'is missing');
  if (/^[0-9.]{1,64}$/.test(value)) return value;
  throw malformed(dataSet.encoding.name, tagOf(keyword), 'is no UID');
}

/** The values of attributes that are there, in the form in which they are written. */
function copy(dataSet: DataSet, keywords: readonly Keyword[]): WritableDataSet {
  const values = keywords
    .filter((keyword) => dataSet.has(keyword))
    .map((keyword) => [keyword, writableValue(dataSet, keyword)]);
  return Object.fromEntries(values) as WritableDataSet;
}

function writableValue(dataSet: DataSet, keyword: Keyword): unknown {
  const [, vr] = ATTRIBUTES[keyword];
  if (vr === 'SQ') return dataSet.items(keyword).map((item) => copy(item, CODE));
  return vr === 'DS' ? dataSet.numbers(keyword) : dataSet.strings(keyword);
}
