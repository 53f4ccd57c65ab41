import { InputError } from '../errors.ts';
import { type Tag, tagName } from './dictionary.ts';

/** What can be wrong with a DICOM object; the `code` of the {@link InputError}. */
export type DicomProblem =
  /** Not DICOM, cut off, or at odds with itself. */
  | 'malformed-dicom'
  /** Well-formed, in a transfer syntax that is not read here. */
  | 'unsupported-transfer-syntax'
  /** Well-formed, but not an image, or one that nothing can be done with. */
  | 'unusable-dicom'
  /** Its header announces more than the limits allow. */
  | 'dicom-too-large';

/** What is wrong with which attribute of which input. */
export interface DicomFault {
  readonly code: DicomProblem;
  /** The file, body or part that the object came in. */
  readonly name: string;
  /** The attribute that is wrong, if it is one. */
  readonly tag?: Tag | undefined;
  /** Without a full stop, and without a value of the object that could name a person. */
  readonly problem: string;
  readonly remedy: string;
  readonly cause?: unknown;
}

/** The error for a DICOM object that cannot be used: `input` names the attribute by keyword and tag. */
export function dicomError({ code, name, tag, problem, remedy, cause }: DicomFault): InputError {
  const input = tag === undefined ? name : `${name}, ${tagName(tag)}`;
  return new InputError({ code, input, problem, remedy, cause });
}

/** The error for an object that is cut off or contradicts itself; a fresh export is the usual cure. */
export function malformed(name: string, tag: Tag | undefined, problem: string, cause?: unknown): InputError {
  const remedy = 'Export the object again, whole and as the standard (PS3.10) has it';
  return dicomError({ code: 'malformed-dicom', name, tag, problem, remedy, cause });
}
