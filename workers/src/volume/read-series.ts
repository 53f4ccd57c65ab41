import { type DicomObject, readObject } from '@d-persona/shared/dicom/read-image.ts';
import { multipartParts, type PartLimits, unzipParts } from '@d-persona/shared/dicom/series/read-parts.ts';
import { dicomLimits } from '../dicom/see-dicom.ts';
import type { Work } from '../engine/isolate-memory.ts';
import { DICOM, essence, unsupportedMediaType } from '../input/media-type.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { Settings } from '../settings.ts';

export const ZIP = 'application/zip';
export const RELATED = 'multipart/related';

/** Bodies that hold a series: one multi-frame image, an archive, or the parts of a DICOMweb store. */
export const SERIES_MEDIA_TYPES = [DICOM, ZIP, RELATED] as const;

/**
 * The DICOM objects of a body, headers read.
 *
 * @throws ProblemError 415 for another content type, InputError for what cannot be read
 */
export function readSeries(
  body: Uint8Array<ArrayBuffer>,
  contentType: string,
  settings: Settings,
  work: Work,
): DicomObject[] {
  const limits = dicomLimits(settings);
  const parts = partsOf(body, contentType, {
    maxParts: settings.MAX_SLICES,
    maxBytes: settings.MAX_BODY_BYTES,
  });
  // Parts of an archive are memory of their own, others are views of the body.
  if (essence(contentType) === ZIP) {
    work.take(
      parts.reduce((sum, part) => sum + part.length, 0),
      'The series',
    );
  }
  const single = parts.length === 1;
  const objects = parts.map((part, i) =>
    readObject(part, single ? 'body' : `body, instance ${i + 1}`, limits),
  );
  const slices = objects.reduce((sum, { layout }) => sum + layout.frames, 0);
  if (slices <= settings.MAX_SLICES) return objects;
  throw new ProblemError(
    'too-large',
    `body: has ${slices} frames, more than the limit of ${settings.MAX_SLICES}. Send the slices that matter.`,
  );
}

function partsOf(body: Uint8Array, contentType: string, limits: PartLimits): Uint8Array[] {
  const type = essence(contentType);
  switch (type) {
    case DICOM:
      return [body];
    case ZIP:
      return unzipParts(body, 'body', limits);
    case RELATED:
      return multipartParts(body, boundaryOf(contentType), 'body', limits);
    default:
      throw unsupportedMediaType(type, 'The body', SERIES_MEDIA_TYPES);
  }
}

/** RFC 2046, 5.1.1: up to 70 characters. */
function boundaryOf(contentType: string): string {
  const [, quoted, plain] = /;\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))/i.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  if (boundary !== undefined) return boundary;
  throw new ProblemError('malformed-request', 'content-type: names no boundary. Give one.');
}
