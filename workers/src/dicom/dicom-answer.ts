import type { Answer, AnswerSegment } from '@d-persona/shared/dicom/answer/answer.ts';
import { answerObject } from '@d-persona/shared/dicom/answer/answer-object.ts';
import { contentDate } from '@d-persona/shared/dicom/answer/date-time.ts';
import type { SourceImage } from '@d-persona/shared/dicom/source-image.ts';
import { type DicomMediaType, FRACTIONAL } from '../answer/dicom-types.ts';
import type { Model } from '../engine/model.ts';
import { VERSION } from '../version.ts';

const OBJECTS = {
  'application/dicom': 'seg',
  'application/dicom;profile=seg-fractional': 'seg',
  'application/dicom;profile=rtstruct': 'rtstruct',
  'application/dicom;profile=sr': 'sr',
} as const;

/**
 * Segmentations of a DICOM image as a DICOM object of the kind that the caller accepts.
 *
 * @throws InputError `unusable-dicom` if the image lacks what the object needs
 */
export function dicomAnswer(
  type: DicomMediaType,
  source: SourceImage,
  segments: readonly AnswerSegment[],
  request: Answer['request'],
  { hash, manifest }: Model,
): Promise<Uint8Array<ArrayBuffer>> {
  const answer: Answer = {
    source,
    segments,
    release: { hash, property: manifest.segments },
    request,
    software: { name: 'd-persona', version: VERSION },
    created: contentDate(source, new Date(manifest.provenance.created)),
  };
  return answerObject(answer, OBJECTS[type], type === FRACTIONAL);
}
