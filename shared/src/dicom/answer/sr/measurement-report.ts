import { type Code, dcm, sct } from '../../codes.ts';
import type { SourceImage } from '../../source-image.ts';
import { type WritableDataSet, writeFile } from '../../write-dataset.ts';
import { ALGORITHM_NAME } from '../algorithm.ts';
import type { Answer } from '../answer.ts';
import { type AnswerUid, answerUids } from '../answer-uids.ts';
import { binaryFrames, type SegmentFrames } from '../frames.ts';
import { contentDateAndTime, equipment, patientAndStudy, series } from '../modules.ts';
import { frameReference, instanceReferences } from '../references.ts';
import { SEGMENTATION_STORAGE } from '../seg/segmentation-object.ts';
import {
  type ContentItem,
  codeContent,
  container,
  imageContent,
  textContent,
  uidContent,
} from './content-item.ts';
import { measureSegment } from './measure.ts';
import { type GroupOfSegment, segmentGroup, spreadGroup } from './measurement-groups.ts';

const COMPREHENSIVE_SR_STORAGE = '1.2.840.10008.5.1.4.1.1.88.33';

/** The procedure that is reported, by modality (CID 100). */
const PROCEDURES: Readonly<Record<string, Code>> = {
  CT: { value: '25045-6', scheme: 'LN', meaning: 'CT unspecified body region' },
  MR: { value: '25056-3', scheme: 'LN', meaning: 'MRI unspecified body region' },
  CR: { value: '43468-8', scheme: 'LN', meaning: 'XR unspecified body region' },
  DX: { value: '43468-8', scheme: 'LN', meaning: 'XR unspecified body region' },
};
const IMAGING_PROCEDURE = sct('363679005', 'Imaging procedure');

/**
 * An answer as a measurement report (TID 1500): area, longest and perpendicular diameter of each segmentation, with
 * references to the binary segmentation object of the same answer and to the images, and their spread across personas.
 * Preliminary and unverified: a radiologist has not read it yet.
 *
 * @returns a Part 10 file in explicit little endian (Comprehensive SR, PS3.3 A.35.3).
 * @throws InputError `unusable-dicom` if the image has no pixel spacing.
 */
export async function measurementReport(answer: Answer): Promise<Uint8Array<ArrayBuffer>> {
  const stored = binaryFrames(answer);
  const uid = await answerUids(answer, stored);
  const groups = await measuredGroups(answer, stored, uid);
  const personas = groups.filter(({ segment }) => segment.kind === 'persona').map(({ measured }) => measured);
  const measurements = groups.map((group) => segmentGroup(answer, group));
  if (personas.length > 1) measurements.push(spreadGroup(answer, personas, await uid('finding', 'spread')));

  const { RelationshipType: _, ...root } = container(
    dcm('126000', 'Imaging Measurement Report'),
    [
      ...context(answer, await uid('report', 'observer')),
      container(dcm('111028', 'Image Library'), [imageLibraryGroup(answer.source)]),
      container(dcm('126010', 'Imaging Measurements'), measurements),
    ],
    '1500',
  );
  const dataSet: WritableDataSet = {
    ...patientAndStudy(answer),
    ...series('SR', `${ALGORITHM_NAME} measurements`, await uid('report', 'series')),
    ...equipment(answer),
    ...contentDateAndTime(answer),
    ...root,
    SOPClassUID: COMPREHENSIVE_SR_STORAGE,
    SOPInstanceUID: await uid('report', 'instance'),
    ReferencedPerformedProcedureStepSequence: [],
    PerformedProcedureCodeSequence: [],
    CompletionFlag: 'COMPLETE',
    VerificationFlag: 'UNVERIFIED',
    PreliminaryFlag: 'PRELIMINARY',
    CurrentRequestedProcedureEvidenceSequence: [await evidence(answer.source, uid)],
  };
  return writeFile(dataSet, answer.software);
}

/** The segments' measurements; each refers to the frame of the segmentation object that it was made on. */
async function measuredGroups(
  { source, segments }: Answer,
  { frames }: SegmentFrames,
  uid: AnswerUid,
): Promise<GroupOfSegment[]> {
  const segmentation = await uid('segmentation', 'instance');
  return Promise.all(
    segments.map(async (segment, index): Promise<GroupOfSegment> => {
      const measured = measureSegment(source, segment);
      const at = frames.findIndex((item) => item.segment === index && item.frame === measured.frame);
      const segmentationFrame = {
        ReferencedSOPClassUID: SEGMENTATION_STORAGE,
        ReferencedSOPInstanceUID: segmentation,
        ReferencedFrameNumber: at + 1, // which tells the segment too (PS3.3 table 10-3)
      };
      return {
        segment,
        measured,
        trackingUid: await uid('finding', segment.id),
        segmentationFrame: measured.frame === null ? undefined : segmentationFrame,
      };
    }),
  );
}

/** Language, observer (TID 1002: a device) and procedure. */
function context({ release, software, source }: Answer, observerUid: string): ContentItem[] {
  return [
    codeContent('HAS CONCEPT MOD', dcm('121049', 'Language of Content Item and Descendants'), {
      value: 'en-US',
      scheme: 'RFC5646',
      meaning: 'English (United States)',
    }),
    codeContent('HAS OBS CONTEXT', dcm('121005', 'Observer Type'), dcm('121007', 'Device')),
    uidContent('HAS OBS CONTEXT', dcm('121012', 'Device Observer UID'), observerUid),
    textContent('HAS OBS CONTEXT', dcm('121013', 'Device Observer Name'), ALGORITHM_NAME),
    textContent('HAS OBS CONTEXT', dcm('121014', 'Device Observer Manufacturer'), software.name),
    textContent('HAS OBS CONTEXT', dcm('121015', 'Device Observer Model Name'), ALGORITHM_NAME),
    textContent('HAS OBS CONTEXT', dcm('121016', 'Device Observer Serial Number'), release.hash),
    codeContent(
      'HAS CONCEPT MOD',
      dcm('121058', 'Procedure reported'),
      PROCEDURES[source.modality] ?? IMAGING_PROCEDURE,
    ),
  ];
}

function imageLibraryGroup(source: SourceImage): ContentItem {
  const images = source.frames.map((frame) =>
    imageContent(sct('260753009', 'Source'), frameReference(source, frame)),
  );
  return container(dcm('126200', 'Image Library Group'), images);
}

/** All that the report refers to, by study and series. */
async function evidence(source: SourceImage, uid: AnswerUid): Promise<WritableDataSet> {
  const segmentation = {
    ReferencedSOPClassUID: SEGMENTATION_STORAGE,
    ReferencedSOPInstanceUID: await uid('segmentation', 'instance'),
  };
  return {
    StudyInstanceUID: source.studyInstanceUid,
    ReferencedSeriesSequence: [
      { SeriesInstanceUID: source.seriesInstanceUid, ReferencedSOPSequence: instanceReferences(source) },
      { SeriesInstanceUID: await uid('segmentation', 'series'), ReferencedSOPSequence: [segmentation] },
    ],
  };
}
