import { ProblemError } from '../problem/problem-error.ts';

export const DICOM = 'application/dicom';
/** Images this version reads. */
export const IMAGE_MEDIA_TYPES = ['image/png', 'image/jpeg', DICOM] as const;

export type ImageMediaType = (typeof IMAGE_MEDIA_TYPES)[number];

/** The media type without its parameters, in lower case: "image/png". */
export function essence(contentType: string | null | undefined): string {
  return (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

export function isImageMediaType(type: string): type is ImageMediaType {
  return IMAGE_MEDIA_TYPES.some((known) => known === type);
}

/** The problem of a body, or of a part of one, in a media type that is not read here. */
export function unsupportedMediaType(type: string, where: string, accepted: readonly string[]): ProblemError {
  const problem = type === '' ? 'has no content type' : 'has another content type';
  const list = accepted.join(', ');
  return new ProblemError(
    'unsupported-media-type',
    `${where} ${problem}, which this version does not accept. Send ${list}.`,
    { 'accept-post': list },
  );
}
