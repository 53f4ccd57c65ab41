import type { InputError } from '../../errors.ts';
import type { RunLengths } from '../../mask/run-lengths.ts';
import { dicomError } from '../dicom-problem.ts';

/** What a reader outlined, on the frames of the image it belongs to. */
export interface AnnotatedSegment {
  /** Of the segment, or of the region of interest. */
  readonly number: number;
  /** As the reader named it; may name a person. */
  readonly label: string;
  /** Tracking ID of the segment: of our own objects, the segmentation that was corrected (`persona/rank-1`). */
  readonly trackingId?: string | undefined;
  /** Of each frame of the source; null where nothing is drawn. */
  readonly masks: readonly (RunLengths | null)[];
}

/** The annotation is of something else than the image. */
export function notOfImage(name: string, problem: string): InputError {
  return dicomError({
    code: 'unusable-dicom',
    name,
    problem,
    remedy: 'Send the annotation that was made on this image, and the image with it',
  });
}
