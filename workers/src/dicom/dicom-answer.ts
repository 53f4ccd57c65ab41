import type { Answer, AnswerSegment } from '@d-persona/shared/dicom/answer/answer.ts';
import { contentDate } from '@d-persona/shared/dicom/answer/date-time.ts';
import { structureSet } from '@d-persona/shared/dicom/answer/rtstruct/structure-set.ts';
import { segmentationObject } from '@d-persona/shared/dicom/answer/seg/segmentation-object.ts';
import { measurementReport } from '@d-persona/shared/dicom/answer/sr/measurement-report.ts';
import type { SourceImage } from '@d-persona/shared/dicom/source-image.ts';
import { DICOM_OBJECTS, type DicomMediaType } from '../answer/dicom-types.ts';
import type { Model } from '../engine/model.ts';
import { VERSION } from '../version.ts';

const OBJECTS = {
  segmentation: (answer) => segmentationObject(answer),
  'fractional-segmentation': (answer) => segmentationObject(answer, { fractional: true }),
  'structure-set': structureSet,
  'measurement-report': measurementReport,
} as const satisfies Record<
  (typeof DICOM_OBJECTS)[DicomMediaType],
  (answer: Answer) => Promise<Uint8Array<ArrayBuffer>>
>;

/** Segmentations of a DICOM image as a DICOM object of the kind that the caller accepts. */
export function dicomAnswer(
  type: DicomMediaType,
  source: SourceImage,
  segments: readonly AnswerSegment[],
  request: Answer['request'],
  { hash, manifest }: Model,
): Promise<Uint8Array<ArrayBuffer>> {
  return OBJECTS[DICOM_OBJECTS[type]]({
    source,
    segments,
    release: { hash, property: manifest.segments },
    request,
    software: { name: 'd-persona', version: VERSION },
    created: contentDate(source, new Date(manifest.provenance.created)),
  });
}
