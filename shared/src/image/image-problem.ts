import { InputError } from '../errors.ts';

/** What can be wrong with an image; the `code` of the {@link InputError}. */
export type ImageProblem =
  | 'empty-body'
  | 'body-too-large'
  | 'not-an-image'
  | 'unsupported-image'
  | 'image-too-large'
  | 'image-too-small'
  | 'broken-image';

/** The error for an image that cannot be read. `name` is the file, field or body it came from. */
export function imageProblem(
  code: ImageProblem,
  name: string,
  problem: string,
  remedy: string,
  cause?: unknown,
): InputError {
  return new InputError({ code, input: name, problem, remedy, cause });
}

/** The error for a file that stops or lies somewhere inside; a fresh copy is the usual cure. */
export function brokenImage(name: string, problem: string, cause?: unknown): InputError {
  return imageProblem('broken-image', name, problem, 'Export or copy the image again', cause);
}
