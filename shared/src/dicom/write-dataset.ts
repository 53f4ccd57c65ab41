import { ATTRIBUTES, type Keyword, type Vr } from './attributes.ts';
import { ByteSink } from './byte-sink.ts';
import { decimalString } from './decimal-string.ts';

type NumberVr = 'AT' | 'DS' | 'FD' | 'IS' | 'UL' | 'US';

type OneOrMore<T> = T | readonly T[];

/** What a value representation holds. '' and [] are written as an element of zero length (type 2). */
type ValueOf<V extends Vr> = V extends 'SQ'
  ? readonly WritableDataSet[]
  : V extends 'OB'
    ? Uint8Array
    : V extends NumberVr
      ? OneOrMore<number>
      : OneOrMore<string>;

/** A data set to be written: values by keyword; what is undefined is left out. */
export type WritableDataSet = {
  readonly [K in Keyword]?: ValueOf<(typeof ATTRIBUTES)[K][1]> | undefined;
};

const TRANSFER_SYNTAXES = { explicit: '1.2.840.10008.1.2.1', implicit: '1.2.840.10008.1.2' } as const;

/** Whether elements tell their representation. Little endian either way. */
type Encoding = keyof typeof TRANSFER_SYNTAXES;

/** Value representations with a 32-bit length (PS3.5 7.1.2). */
const LONG: ReadonlySet<Vr> = new Set(['OB', 'SQ', 'UT']);
/** Text that may hold a backslash, and so has one value only. */
const SINGLE: ReadonlySet<Vr> = new Set(['LT', 'ST', 'UT']);

/** Names this software among implementations (PS3.7 D.3.3.2); a UUID drawn once. */
const IMPLEMENTATION_CLASS = '2.25.83832766766121285036536184982600622703';

/** The software that writes an object. */
export interface Software {
  readonly name: string;
  readonly version: string;
}

/**
 * A DICOM file (PS3.10 7) in little endian with text in UTF-8: preamble, meta header, data set. Attributes are put in
 * the order of their tags, lengths are defined and even. `SOPClassUID` and `SOPInstanceUID` are needed.
 *
 * @param encoding explicit VR unless a value may be longer than the 64 KiB that most representations then hold.
 * @throws RangeError for a value that its representation cannot hold.
 */
export function writeFile(
  dataSet: WritableDataSet,
  software: Software,
  encoding: Encoding = 'explicit',
): Uint8Array<ArrayBuffer> {
  const { SOPClassUID, SOPInstanceUID } = dataSet;
  if (!SOPClassUID || !SOPInstanceUID) throw new RangeError('an object needs a SOP class and instance UID');
  const meta = encodeDataSet(
    {
      FileMetaInformationVersion: Uint8Array.of(0, 1),
      MediaStorageSOPClassUID: SOPClassUID,
      MediaStorageSOPInstanceUID: SOPInstanceUID,
      TransferSyntaxUID: TRANSFER_SYNTAXES[encoding],
      ImplementationClassUID: IMPLEMENTATION_CLASS,
      ImplementationVersionName: `${software.name} ${software.version}`.slice(0, 16).trim(),
    },
    'explicit',
  );
  const file = new ByteSink();
  file.bytes(new Uint8Array(128));
  file.bytes(ascii('DICM'));
  writeHeader(file, 0x00020000, 'UL', 4, 'explicit');
  file.uint32(meta.length);
  file.sink(meta);
  file.sink(encodeDataSet({ ...dataSet, SpecificCharacterSet: 'ISO_IR 192' }, encoding));
  return file.concat();
}

function encodeDataSet(dataSet: WritableDataSet, encoding: Encoding): ByteSink {
  const sink = new ByteSink();
  const keywords = Object.keys(dataSet) as Keyword[];
  for (const keyword of keywords.sort((a, b) => ATTRIBUTES[a][0] - ATTRIBUTES[b][0])) {
    const value = dataSet[keyword];
    if (value === undefined) continue;
    const [tag, vr] = ATTRIBUTES[keyword];
    const encoded = encodeValue(vr, value, encoding);
    if (encoding === 'explicit' && !LONG.has(vr) && encoded.length > 0xffff) {
      throw new RangeError(`${keyword}: ${encoded.length} bytes are more than ${vr} holds`);
    }
    writeHeader(sink, tag, vr, encoded.length, encoding);
    sink.sink(encoded);
  }
  return sink;
}

function writeHeader(sink: ByteSink, tag: number, vr: Vr, length: number, encoding: Encoding): void {
  writeTag(sink, tag);
  if (encoding === 'explicit') sink.bytes(ascii(vr));
  if (encoding === 'explicit' && LONG.has(vr)) sink.uint16(0);
  if (encoding === 'implicit' || LONG.has(vr)) sink.uint32(length);
  else sink.uint16(length);
}

function writeTag(sink: ByteSink, tag: number): void {
  sink.uint16(tag >>> 16);
  sink.uint16(tag & 0xffff);
}

function encodeValue(vr: Vr, value: NonNullable<WritableDataSet[Keyword]>, encoding: Encoding): ByteSink {
  const sink = new ByteSink();
  if (value instanceof Uint8Array) {
    sink.bytes(value);
  } else if (vr === 'SQ') {
    for (const item of value as readonly WritableDataSet[]) {
      const encoded = encodeDataSet(item, encoding);
      writeTag(sink, 0xfffee000);
      sink.uint32(encoded.length);
      sink.sink(encoded);
    }
  } else {
    const values = (Array.isArray(value) ? value : [value]) as readonly (string | number)[];
    if (typeof values[0] === 'number' && vr !== 'DS' && vr !== 'IS') {
      sink.bytes(binary(vr, values as readonly number[]));
    } else {
      sink.bytes(text(vr, values));
    }
  }
  if (sink.length % 2 === 1) sink.bytes(Uint8Array.of(vr === 'UI' || vr === 'OB' ? 0 : 0x20));
  return sink;
}

function text(vr: Vr, values: readonly (string | number)[]): Uint8Array {
  const parts = values.map((value) => {
    if (typeof value === 'string') return value;
    if (vr === 'DS') return decimalString(value);
    // An IS is −2³¹ to 2³¹ − 1 (PS3.5, table 6.2-1).
    if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 31) {
      throw new RangeError(`${value} as ${vr}`);
    }
    return String(value);
  });
  if (!SINGLE.has(vr) && parts.some((part) => part.includes('\\'))) {
    throw new RangeError(`a backslash in a value of ${vr}`);
  }
  return new TextEncoder().encode(parts.join('\\'));
}

type Store = (view: DataView, at: number, value: number) => void;

const BINARY: Partial<Record<Vr, readonly [size: number, store: Store]>> = {
  AT: [4, (view, at, tag) => view.setUint32(at, ((tag << 16) | (tag >>> 16)) >>> 0, true)], // group, element
  FD: [8, (view, at, value) => view.setFloat64(at, value, true)],
  UL: [4, (view, at, value) => view.setUint32(at, value, true)],
  US: [2, (view, at, value) => view.setUint16(at, value, true)],
};

function binary(vr: Vr, values: readonly number[]): Uint8Array {
  const [size, store] = BINARY[vr] ?? [];
  if (size === undefined || store === undefined) throw new RangeError(`numbers as ${vr}`);
  const bytes = new Uint8Array(values.length * size);
  const view = new DataView(bytes.buffer);
  values.forEach((value, i) => {
    if (vr !== 'FD' && !(Number.isInteger(value) && value >= 0 && value < 2 ** (8 * size))) {
      throw new RangeError(`${value} as ${vr}`);
    }
    store(view, i * size, value);
  });
  return bytes;
}

function ascii(characters: string): Uint8Array {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}
