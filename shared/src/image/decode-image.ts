import { decodeJpeg } from './decode-jpeg.ts';
import { decodePng } from './decode-png.ts';
import { checkByteLength, type ImageLimits } from './image-limits.ts';
import { imageProblem } from './image-problem.ts';
import type { Image8or16 } from './image8or16.ts';
import { isJpeg } from './jpeg-header.ts';
import { isPng } from './png-chunks.ts';

export interface DecodeImageOptions extends ImageLimits {
  /** What the bytes are called in an error: a file's path, or a part of a request. */
  readonly name: string;
}

/** Formats that people send by mistake, by their first bytes: offset and text. */
const OTHERS: readonly (readonly [format: string, offset: number, magic: string])[] = [
  ['a GIF', 0, 'GIF8'],
  ['a TIFF', 0, 'II*\0'],
  ['a TIFF', 0, 'MM\0*'],
  ['a BMP', 0, 'BM'],
  ['a WebP', 8, 'WEBP'],
  ['a DICOM file', 128, 'DICM'],
  ['a PDF', 0, '%PDF'],
  ['a zip archive', 0, 'PK\x03\x04'],
];

/**
 * Decodes a PNG or JPEG, told by its first bytes and never by its name. The header is read and checked against the
 * limits before anything large is allocated. Details: {@link decodePng}, {@link decodeJpeg}.
 *
 * @throws InputError `empty-body`, `body-too-large`, `not-an-image`, `unsupported-image`, `image-too-large`,
 *   `image-too-small` or `broken-image`.
 */
export function decodeImage(bytes: Uint8Array, { name, ...limits }: DecodeImageOptions): Image8or16 {
  checkByteLength(bytes, name, limits);
  if (isPng(bytes)) return decodePng(bytes, name, limits);
  if (isJpeg(bytes)) return decodeJpeg(bytes, name, limits);
  const other = OTHERS.find(([, offset, magic]) => startsWith(bytes, offset, magic));
  const problem = other ? `is ${other[0]}, not a PNG or JPEG` : 'is not a PNG or JPEG image';
  throw imageProblem('not-an-image', name, problem, 'Convert it to PNG (8 or 16 bits) or JPEG');
}

function startsWith(bytes: Uint8Array, offset: number, magic: string): boolean {
  return [...magic].every((char, i) => bytes[offset + i] === char.charCodeAt(0));
}
