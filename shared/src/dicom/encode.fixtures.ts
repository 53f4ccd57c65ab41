import { deflateSync } from 'fflate';
import { type Keyword, tagOf, vrOf } from './dictionary.ts';

/** Value of an element: text, numbers of a binary representation, bytes, items, or fragments. */
export type PlainValue =
  | string
  | number
  | readonly number[]
  | Uint8Array
  | { readonly items: readonly Elements[] }
  | { readonly fragments: readonly Uint8Array[] };

/** Elements by keyword, or by tag and representation ("00091001 LO"), for a writer that writes anything. */
export type Elements = { readonly [keyword: string]: PlainValue | undefined };

export interface Writing {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
  /** Of sequences and their items. */
  readonly undefinedLengths?: boolean;
  /** Representation of what is `XS` or `OX` in the dictionary. */
  readonly open?: { readonly XS?: 'US' | 'SS'; readonly OX?: 'OB' | 'OW' };
}

/** How a file is written; all that is absent is as usual. */
export interface FileWriting extends Partial<Writing> {
  readonly syntax?: string;
  readonly preamble?: boolean;
  readonly meta?: boolean;
  readonly groupLength?: boolean;
  readonly deflated?: boolean;
}

const LONG = new Set(['OB', 'OW', 'OF', 'OD', 'OV', 'SQ', 'UN', 'UT']);
const SIZES: Readonly<Record<string, number>> = {
  US: 2,
  SS: 2,
  OW: 2,
  UL: 4,
  SL: 4,
  FL: 4,
  FD: 8,
  OV: 8,
  AT: 4,
};

/** A DICOM file in explicit little endian with all that belongs to it, or in whatever way is asked for. */
export function fileOf(elements: Elements, writing: FileWriting = {}): Uint8Array<ArrayBuffer> {
  const { explicit = true, littleEndian = true, deflated = false, preamble = true, meta = true } = writing;
  const native = explicit
    ? littleEndian
      ? '1.2.840.10008.1.2.1'
      : '1.2.840.10008.1.2.2'
    : '1.2.840.10008.1.2';
  const { syntax = deflated ? '1.2.840.10008.1.2.1.99' : native, groupLength = true } = writing;
  const plain = dataSetOf(elements, { ...writing, explicit, littleEndian });
  const dataSet = deflated ? deflateSync(plain) : plain;
  const header = dataSetOf({ TransferSyntaxUID: syntax }, { explicit: true, littleEndian: true });
  const length = dataSetOf(
    { FileMetaInformationGroupLength: [header.length] },
    { explicit: true, littleEndian: true },
  );
  return joined([
    preamble ? new Uint8Array(128) : NOTHING,
    preamble ? new TextEncoder().encode('DICM') : NOTHING,
    meta && groupLength ? length : NOTHING,
    meta ? header : NOTHING,
    dataSet,
  ]);
}

const NOTHING = new Uint8Array(0);

/** A data set, elements in the order of their tags. */
export function dataSetOf(elements: Elements, writing: Writing): Uint8Array<ArrayBuffer> {
  const known = Object.entries(elements).flatMap(([name, value]) =>
    value === undefined ? [] : [{ ...named(name, writing), value }],
  );
  return joined(
    known.sort((a, b) => a.tag - b.tag).map(({ tag, vr, value }) => element(tag, vr, value, writing)),
  );
}

function named(name: string, { open }: Writing): { tag: number; vr: string } {
  const [hex, vr] = name.split(' ');
  if (vr !== undefined && hex !== undefined) return { tag: Number.parseInt(hex, 16), vr };
  const tag = tagOf(name as Keyword);
  const standard = vrOf(tag) ?? 'UN';
  const chosen = { XS: open?.XS ?? 'US', OX: open?.OX ?? 'OW' } as Record<string, string>;
  return { tag, vr: chosen[standard] ?? standard };
}

function element(tag: number, vr: string, value: PlainValue, writing: Writing): Uint8Array<ArrayBuffer> {
  if (typeof value === 'object' && 'fragments' in value) {
    const fragments = value.fragments.map((bytes) => joined([marker(0xe000, bytes.length, writing), bytes]));
    const header = elementHeader(tag, vr, 0xffffffff, writing);
    return joined([header, ...fragments, marker(0xe0dd, 0, writing)]);
  }
  if (typeof value === 'object' && 'items' in value) return sequence(tag, value.items, writing);
  const bytes = valueBytes(vr, value, writing);
  return joined([elementHeader(tag, vr, bytes.length, writing), bytes]);
}

function sequence(tag: number, items: readonly Elements[], writing: Writing): Uint8Array<ArrayBuffer> {
  const open = writing.undefinedLengths === true;
  const body = items.map((item) => {
    const bytes = dataSetOf(item, writing);
    const end = open ? [marker(0xe00d, 0, writing)] : [];
    return joined([marker(0xe000, open ? 0xffffffff : bytes.length, writing), bytes, ...end]);
  });
  const length = body.reduce((sum, { length: bytes }) => sum + bytes, 0);
  const end = open ? [marker(0xe0dd, 0, writing)] : [];
  return joined([elementHeader(tag, 'SQ', open ? 0xffffffff : length, writing), ...body, ...end]);
}

function elementHeader(tag: number, vr: string, length: number, { explicit, littleEndian }: Writing) {
  const header = new DataView(new ArrayBuffer(explicit && LONG.has(vr) ? 12 : 8));
  header.setUint16(0, tag >>> 16, littleEndian);
  header.setUint16(2, tag & 0xffff, littleEndian);
  if (explicit) {
    header.setUint8(4, vr.charCodeAt(0));
    header.setUint8(5, vr.charCodeAt(1));
    if (LONG.has(vr)) header.setUint32(8, length, littleEndian);
    else header.setUint16(6, length, littleEndian);
  } else {
    header.setUint32(4, length, littleEndian);
  }
  return new Uint8Array(header.buffer);
}

/** An item, or the end of one or of a sequence. */
function marker(tag: number, length: number, { littleEndian }: Writing): Uint8Array<ArrayBuffer> {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setUint16(0, 0xfffe, littleEndian);
  bytes.setUint16(2, tag, littleEndian);
  bytes.setUint32(4, length, littleEndian);
  return new Uint8Array(bytes.buffer);
}

function valueBytes(
  vr: string,
  value: string | number | readonly number[] | Uint8Array,
  { littleEndian }: Writing,
): Uint8Array {
  if (value instanceof Uint8Array) return padded(value, 0);
  const size = SIZES[vr];
  if (typeof value === 'string' || size === undefined) {
    const text = Array.isArray(value) ? value.join('\\') : String(value);
    return padded(new TextEncoder().encode(text), vr === 'UI' ? 0 : 0x20);
  }
  const numbers = typeof value === 'number' ? [value] : value;
  const view = new DataView(new ArrayBuffer(size * numbers.length));
  numbers.forEach((number, i) => {
    const at = i * size;
    if (vr === 'FD') view.setFloat64(at, number, littleEndian);
    else if (vr === 'FL') view.setFloat32(at, number, littleEndian);
    else if (vr === 'OV') view.setBigUint64(at, BigInt(number), littleEndian);
    else if (vr === 'AT') {
      view.setUint16(at, number >>> 16, littleEndian);
      view.setUint16(at + 2, number & 0xffff, littleEndian);
    } else if (size === 2) view.setUint16(at, number & 0xffff, littleEndian);
    else view.setUint32(at, number >>> 0, littleEndian);
  });
  return new Uint8Array(view.buffer);
}

function padded(bytes: Uint8Array, by: number): Uint8Array {
  return bytes.length % 2 === 0 ? bytes : joined([bytes, Uint8Array.of(by)]);
}

export function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** The elements of a CT slice of so many rows and columns of 16 bits, signed; `changes` go before them. */
export function ctElements(rows: number, columns: number, changes: Elements = {}): Elements {
  return {
    SOPClassUID: '1.2.840.10008.5.1.4.1.1.2',
    SOPInstanceUID: '2.25.1',
    StudyInstanceUID: '2.25.2',
    SeriesInstanceUID: '2.25.3',
    FrameOfReferenceUID: '2.25.4',
    Modality: 'CT',
    PatientName: 'Doe^Jane',
    PatientID: 'P-17',
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    Rows: rows,
    Columns: columns,
    PixelSpacing: '0.7\\0.5',
    ImageOrientationPatient: '1\\0\\0\\0\\1\\0',
    ImagePositionPatient: '-10\\20\\30',
    SliceThickness: '2',
    BitsAllocated: 16,
    BitsStored: 16,
    HighBit: 15,
    PixelRepresentation: 1,
    RescaleIntercept: '-1024',
    RescaleSlope: '1',
    PixelData: new Uint8Array(2 * rows * columns),
    ...changes,
  };
}
