import { codeItem } from '../../codes.ts';
import { LESION } from '../../segmented-property.ts';
import type { SourceFrame } from '../../source-image.ts';
import type { WritableDataSet } from '../../write-dataset.ts';
import { algorithmIdentification } from '../algorithm.ts';
import { type Answer, type AnswerSegment, maskOn, provenance } from '../answer.ts';
import { segmentColour } from '../colours.ts';
import type { Plane } from '../geometry.ts';
import { planeContours } from '../plane-contours.ts';
import { frameReference } from '../references.ts';
import { shortText } from '../text.ts';

/** What a region of interest is called and how it came about (PS3.3 C.8.8.5). */
export function structureSetRoi(answer: Answer, index: number): WritableDataSet {
  const segment = answer.segments[index] as AnswerSegment;
  return {
    ROINumber: index + 1,
    ReferencedFrameOfReferenceUID: answer.source.frameOfReferenceUid,
    ROIName: shortText(segment.title, 64),
    ROIDescription: shortText(`${segment.title} (${provenance(answer, segment)})`, 1024),
    ROIGenerationAlgorithm: 'AUTOMATIC',
    ROIDerivationAlgorithmIdentificationSequence: [algorithmIdentification(answer, segment)],
  };
}

/** Its contours, frame by frame (PS3.3 C.8.8.6). */
export function roiContour(answer: Answer, planes: readonly Plane[], index: number): WritableDataSet {
  const { source } = answer;
  const segment = answer.segments[index] as AnswerSegment;
  const contours = planes.flatMap((plane, i): WritableDataSet[] => {
    const mask = maskOn(source, segment, i);
    if (mask === null) return [];
    return planeContours(mask, plane).map((points) => ({
      ContourImageSequence: [frameReference(source, source.frames[i] as SourceFrame)],
      ContourGeometricType: 'CLOSED_PLANAR',
      NumberOfContourPoints: points.length,
      ContourData: points.flat().map((value) => Number(value.toFixed(6))), // to the nanometre
    }));
  });
  return {
    ROIDisplayColor: segmentColour(index),
    ReferencedROINumber: index + 1,
    ContourSequence: contours.length === 0 ? undefined : contours,
  };
}

/** What it is (PS3.3 C.8.8.8). */
export function roiObservation({ release }: Answer, index: number): WritableDataSet {
  return {
    ObservationNumber: index + 1,
    ReferencedROINumber: index + 1,
    RTROIIdentificationCodeSequence: [codeItem((release.property ?? LESION).type)],
    RTROIInterpretedType: '',
    ROIInterpreter: '',
  };
}
