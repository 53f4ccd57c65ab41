import { InputError } from '../errors.ts';

const SIGNATURES: readonly {
  readonly type: string;
  readonly offset: number;
  readonly bytes: readonly number[];
}[] = [
  { type: 'image/png', offset: 0, bytes: [0x89, 0x50, 0x4e, 0x47] },
  { type: 'image/jpeg', offset: 0, bytes: [0xff, 0xd8, 0xff] },
  { type: 'application/dicom', offset: 128, bytes: [0x44, 0x49, 0x43, 0x4d] },
];

/**
 * The media type of an image by its first bytes, never by its name.
 *
 * @param name of the file, for the error
 * @throws InputError when it is none that the API takes
 */
export function mediaTypeOf(image: Uint8Array, name: string): string {
  const found = SIGNATURES.find(({ offset, bytes }) => bytes.every((byte, i) => image[offset + i] === byte));
  if (found !== undefined) return found.type;
  throw new InputError({
    code: 'not-an-image',
    input: name,
    problem: 'is neither PNG, nor JPEG, nor DICOM',
    remedy: 'Give an image in one of these formats',
  });
}
