import { dicomError } from './dicom-problem.ts';
import { tagOf } from './dictionary.ts';

/** How pixels are compressed. */
export type Compression = 'rle' | 'jpeg' | 'jpeg-lossless' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** How the data set and the pixels of an object are written (PS3.5 10, annex A). */
export interface TransferSyntax {
  readonly uid: string;
  readonly title: string;
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  /** Pixels come in fragments (PS3.5 A.4). */
  readonly encapsulated: boolean;
  /** None for pixels as they are. */
  readonly compression?: Compression;
}

function native(uid: string, title: string, differing: Partial<TransferSyntax> = {}): TransferSyntax {
  const usual = { explicit: true, littleEndian: true, deflated: false, encapsulated: false };
  return { uid, title, ...usual, ...differing };
}

function compressed(last: string, title: string, compression: Compression): TransferSyntax {
  return native(`1.2.840.10008.1.2.${last}`, title, { encapsulated: true, compression });
}

export const IMPLICIT_LITTLE_ENDIAN = native('1.2.840.10008.1.2', 'Implicit VR Little Endian', {
  explicit: false,
});
export const EXPLICIT_LITTLE_ENDIAN = native('1.2.840.10008.1.2.1', 'Explicit VR Little Endian');
export const EXPLICIT_BIG_ENDIAN = native('1.2.840.10008.1.2.2', 'Explicit VR Big Endian', {
  littleEndian: false,
});

/** What is read here (PS3.6 table A-1). */
export const TRANSFER_SYNTAXES: readonly TransferSyntax[] = [
  IMPLICIT_LITTLE_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  native('1.2.840.10008.1.2.1.98', 'Encapsulated Uncompressed Explicit VR Little Endian', {
    encapsulated: true,
  }),
  native('1.2.840.10008.1.2.1.99', 'Deflated Explicit VR Little Endian', { deflated: true }),
  EXPLICIT_BIG_ENDIAN,
  compressed('4.50', 'JPEG Baseline (Process 1)', 'jpeg'),
  compressed('4.51', 'JPEG Extended (Process 2 and 4)', 'jpeg'),
  compressed('4.53', 'JPEG Spectral Selection, Non-Hierarchical (Process 6 and 8)', 'jpeg'),
  compressed('4.55', 'JPEG Full Progression, Non-Hierarchical (Process 10 and 12)', 'jpeg'),
  compressed('4.57', 'JPEG Lossless, Non-Hierarchical (Process 14)', 'jpeg-lossless'),
  compressed('4.70', 'JPEG Lossless, First-Order Prediction (Process 14, Selection 1)', 'jpeg-lossless'),
  compressed('4.80', 'JPEG-LS Lossless', 'jpeg-ls'),
  compressed('4.81', 'JPEG-LS Near-Lossless', 'jpeg-ls'),
  compressed('4.90', 'JPEG 2000 (Lossless Only)', 'jpeg-2000'),
  compressed('4.91', 'JPEG 2000', 'jpeg-2000'),
  compressed('4.201', 'HTJ2K (Lossless Only)', 'htj2k'),
  compressed('4.202', 'HTJ2K with RPCL Options (Lossless Only)', 'htj2k'),
  compressed('4.203', 'HTJ2K', 'htj2k'),
  compressed('5', 'RLE Lossless', 'rle'),
];

/**
 * The transfer syntax of a UID.
 *
 * @param name the input, for the error
 * @throws InputError `unsupported-transfer-syntax`, which lists those that are accepted.
 */
export function transferSyntaxOf(uid: string, name: string): TransferSyntax {
  const known = TRANSFER_SYNTAXES.find((candidate) => candidate.uid === uid);
  if (known !== undefined) return known;
  throw dicomError({
    code: 'unsupported-transfer-syntax',
    name,
    tag: tagOf('TransferSyntaxUID'),
    problem: `is ${/^[0-9.]{1,64}$/.test(uid) ? uid : 'no UID'}, which is not read here`,
    remedy: `Send one of ${TRANSFER_SYNTAXES.map(({ uid: accepted, title }) => `${accepted} (${title})`).join(', ')}`,
  });
}
