import type { Answer } from './answer.ts';
import { structureSet } from './rtstruct/structure-set.ts';
import { segmentationObject } from './seg/segmentation-object.ts';
import { measurementReport } from './sr/measurement-report.ts';

/** What an answer can be in DICOM: a segmentation, a structure set or a measurement report. */
export const ANSWER_OBJECTS = ['seg', 'rtstruct', 'sr'] as const;

export type AnswerObject = (typeof ANSWER_OBJECTS)[number];

export const DICOM_MEDIA_TYPE = 'application/dicom';

/** The media type of an object: that of DICOM, with the profile where it is not the segmentation. */
export function mediaTypeOf(object: AnswerObject): string {
  return object === 'seg' ? DICOM_MEDIA_TYPE : `${DICOM_MEDIA_TYPE};profile=${object}`;
}

/**
 * The object that an `accept` header asks for, by the parameter `profile` of `application/dicom`: of several the one
 * with the highest quality, of equals the first; a segmentation where there is no profile. Undefined if only unknown
 * ones are asked for.
 */
export function objectAccepted(accept: string): AnswerObject | undefined {
  const ranges = accept.split(',').map((range) => {
    const [type, ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const values = new Map(parameters.map((part) => part.split('=', 2) as [string, string | undefined]));
    const object = (values.get('profile') ?? 'seg').replaceAll('"', '');
    const quality = Number(values.get('q') ?? 1);
    return { type, object, quality: Number.isNaN(quality) ? 0 : quality };
  });
  const known = ranges
    .filter(({ type, quality }) => type === DICOM_MEDIA_TYPE && quality > 0)
    .filter(({ object }) => ANSWER_OBJECTS.includes(object as AnswerObject))
    .toSorted((a, b) => b.quality - a.quality);
  return known[0]?.object as AnswerObject | undefined;
}

/**
 * An answer as a DICOM object.
 *
 * @param fractional a segmentation of probabilities instead of masks.
 * @throws InputError `unusable-dicom` if the source lacks what the object needs.
 */
export function answerObject(
  answer: Answer,
  object: AnswerObject,
  fractional = false,
): Promise<Uint8Array<ArrayBuffer>> {
  if (object === 'rtstruct') return structureSet(answer);
  return object === 'sr' ? measurementReport(answer) : segmentationObject(answer, { fractional });
}
