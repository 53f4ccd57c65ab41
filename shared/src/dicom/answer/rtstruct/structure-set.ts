import { dicomError } from '../../dicom-problem.ts';
import type { SourceImage } from '../../source-image.ts';
import { type WritableDataSet, writeFile } from '../../write-dataset.ts';
import { ALGORITHM_NAME } from '../algorithm.ts';
import type { Answer } from '../answer.ts';
import { answerUids } from '../answer-uids.ts';
import { binaryFrames } from '../frames.ts';
import { planesOf } from '../geometry.ts';
import { contentDateAndTime, equipment, frameOfReference, patientAndStudy, series } from '../modules.ts';
import { frameReference } from '../references.ts';
import { roiContour, roiObservation, structureSetRoi } from './region-of-interest.ts';

const RT_STRUCTURE_SET_STORAGE = '1.2.840.10008.5.1.4.1.1.481.3';
/** How a structure set refers to a study (PS3.3 C.8.8.5); the class is retired, the reference is not. */
const DETACHED_STUDY_MANAGEMENT = '1.2.840.10008.3.1.2.3.1';

/**
 * An answer as an RT Structure Set (PS3.3 A.19): a region of interest for each segmentation, with closed planar
 * contours in the patient's coordinates. One that is empty has no contour.
 *
 * @returns a Part 10 file in implicit little endian: contours may be longer than explicit VR allows.
 * @throws InputError `unusable-dicom` where the source has no place in the patient.
 */
export async function structureSet(answer: Answer): Promise<Uint8Array<ArrayBuffer>> {
  const { source, segments } = answer;
  const planes = planesOf(source);
  if (planes === null) {
    throw dicomError({
      code: 'unusable-dicom',
      name: 'image',
      problem: 'has no position in the patient, which contours of a structure set need',
      remedy: 'Ask for a segmentation object, which lies on the pixels of the image',
    });
  }
  const uid = await answerUids(answer, binaryFrames(answer));
  const { ContentDate, ContentTime } = contentDateAndTime(answer);
  const dataSet: WritableDataSet = {
    ...patientAndStudy(answer),
    ...series('RTSTRUCT', `${ALGORITHM_NAME} structure set`, await uid('structure set', 'series')),
    ...frameOfReference(answer),
    ...equipment(answer),
    SOPClassUID: RT_STRUCTURE_SET_STORAGE,
    SOPInstanceUID: await uid('structure set', 'instance'),
    OperatorsName: '',
    StructureSetLabel: ALGORITHM_NAME,
    StructureSetDate: ContentDate,
    StructureSetTime: ContentTime,
    ApprovalStatus: 'UNAPPROVED',
    ReferencedFrameOfReferenceSequence: [referencedFrameOfReference(source)],
    StructureSetROISequence: segments.map((_, i) => structureSetRoi(answer, i)),
    ROIContourSequence: segments.map((_, i) => roiContour(answer, planes, i)),
    RTROIObservationsSequence: segments.map((_, i) => roiObservation(answer, i)),
  };
  return writeFile(dataSet, answer.software, 'implicit');
}

function referencedFrameOfReference(source: SourceImage): WritableDataSet {
  return {
    FrameOfReferenceUID: source.frameOfReferenceUid,
    RTReferencedStudySequence: [
      {
        ReferencedSOPClassUID: DETACHED_STUDY_MANAGEMENT,
        ReferencedSOPInstanceUID: source.studyInstanceUid,
        RTReferencedSeriesSequence: [
          {
            SeriesInstanceUID: source.seriesInstanceUid,
            ContourImageSequence: source.frames.map((frame) => frameReference(source, frame)),
          },
        ],
      },
    ],
  };
}
