import type { Answer } from './answer.ts';
import { structureSet } from './rtstruct/structure-set.ts';
import { segmentationObject } from './seg/segmentation-object.ts';
import { measurementReport } from './sr/measurement-report.ts';

/** What an answer can be in DICOM: a segmentation, a structure set or a measurement report. */
export const ANSWER_OBJECTS = ['seg', 'rtstruct', 'sr'] as const;

export type AnswerObject = (typeof ANSWER_OBJECTS)[number];

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
