import { ByteCursor } from './byte-cursor.ts';
import type { DataSet } from './dataset.ts';
import { dicomError, malformed } from './dicom-problem.ts';
import { type Tag, tagOf } from './dictionary.ts';
import { inflateAtMost } from './inflate-at-most.ts';
import { readDataSet } from './read-data-set.ts';
import {
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  type TransferSyntax,
  transferSyntaxOf,
} from './transfer-syntax.ts';

/** A DICOM object as it was sent. */
export interface DicomFile {
  /** As the meta header says; as the bytes suggest where there is none. */
  readonly transferSyntax: TransferSyntax;
  readonly dataSet: DataSet;
}

export interface ReadOptions {
  /** What the bytes are called in an error. */
  readonly name: string;
  /** Most bytes that a deflated data set may inflate to. */
  readonly maxInflatedBytes: number;
}

const PREAMBLE = 128;
const META_GROUP = 0x0002;

/**
 * Reads a DICOM file (PS3.10 7): with preamble, prefix and meta header, or without any of them. Group lengths are not
 * needed. Values stay views of the bytes.
 *
 * @throws InputError `malformed-dicom`, `unsupported-transfer-syntax`, `dicom-too-large`.
 */
export function readFile(bytes: Uint8Array, options: ReadOptions): DicomFile {
  const { name } = options;
  const start = startOf(bytes);
  if (bytes.length - start < 8) throw notDicom(name);
  const { meta, end } = readMeta(bytes, start, name);
  const syntax =
    meta === undefined ? guessSyntax(bytes, start, name) : transferSyntaxOf(syntaxUid(meta, name), name);
  const body = syntax.deflated ? inflate(bytes.subarray(end), options) : bytes.subarray(end);
  const encoding = { name, littleEndian: syntax.littleEndian };
  const dataSet = readDataSet(new ByteCursor(body, syntax.littleEndian), syntax.explicit, encoding);
  if (dataSet.elements.size === 0) {
    throw malformed(name, undefined, 'has a meta header and nothing after it');
  }
  return { transferSyntax: syntax, dataSet };
}

/** The first byte after preamble and prefix, where they are. */
function startOf(bytes: Uint8Array): number {
  if (hasPrefix(bytes, PREAMBLE)) return PREAMBLE + 4;
  return hasPrefix(bytes, 0) ? 4 : 0;
}

function hasPrefix(bytes: Uint8Array, at: number): boolean {
  return String.fromCharCode(...bytes.subarray(at, at + 4)) === 'DICM';
}

/** The meta header, in explicit VR little endian whatever the data set is in (PS3.10 7.1), and where it ends. */
function readMeta(bytes: Uint8Array, start: number, name: string): { meta?: DataSet; end: number } {
  const cursor = new ByteCursor(bytes, true, start);
  if (cursor.peekTag() >>> 16 !== META_GROUP) return { end: start };
  const afterMeta = (tag: Tag) => tag >>> 16 !== META_GROUP;
  const meta = readDataSet(cursor, isExplicit(bytes, start), { name, littleEndian: true }, afterMeta);
  return { meta, end: cursor.at };
}

function syntaxUid(meta: DataSet, name: string): string {
  const uid = meta.string('TransferSyntaxUID');
  if (uid === undefined) throw malformed(name, tagOf('TransferSyntaxUID'), 'is missing from the meta header');
  return uid;
}

/** Whether the element here has its value representation written out. */
function isExplicit(bytes: Uint8Array, at: number): boolean {
  return /^[A-Z]{2}$/.test(String.fromCharCode(...bytes.subarray(at + 4, at + 6)));
}

/** Without a meta header: by the first element, which is of a low group. */
function guessSyntax(bytes: Uint8Array, start: number, name: string): TransferSyntax {
  const [first = 0, second = 0] = bytes.subarray(start, start + 2);
  const isLittle = first !== 0 && first <= 0x20 && second === 0;
  const isBig = first === 0 && second !== 0 && second <= 0x20;
  if (isLittle) return isExplicit(bytes, start) ? EXPLICIT_LITTLE_ENDIAN : IMPLICIT_LITTLE_ENDIAN;
  if (isBig && isExplicit(bytes, start)) return EXPLICIT_BIG_ENDIAN;
  throw notDicom(name);
}

function notDicom(name: string) {
  return dicomError({
    code: 'malformed-dicom',
    name,
    problem: 'is not a DICOM object',
    remedy: 'Send one SOP instance as a DICOM file (PS3.10)',
  });
}

function inflate(bytes: Uint8Array, { name, maxInflatedBytes }: ReadOptions): Uint8Array {
  const inflated = inflateAtMost(bytes, maxInflatedBytes);
  if (inflated === 'broken') throw malformed(name, undefined, 'has a deflated data set that is damaged');
  if (inflated !== 'too-large') return inflated;
  throw dicomError({
    code: 'dicom-too-large',
    name,
    problem: `inflates to more than the limit of ${maxInflatedBytes} bytes`,
    remedy: 'Send fewer frames, or another transfer syntax',
  });
}
