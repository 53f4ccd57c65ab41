import type { DataSet } from '../dataset.ts';
import { malformed } from '../dicom-problem.ts';
import { type Keyword, tagOf } from '../dictionary.ts';

/** A lookup table (PS3.3 C.11.1.1.1): the value of an input below its range is that of the first entry, and so on. */
export interface LookupTable {
  /** The input of the first entry. */
  readonly first: number;
  /** Of an entry. */
  readonly bits: number;
  readonly entries: Uint16Array;
}

interface Descriptor {
  readonly count: number;
  readonly first: number;
  readonly bits: number;
}

/**
 * Reads a lookup table.
 *
 * @param signed whether its inputs are signed, where the representation of the descriptor leaves that open
 * @throws InputError `malformed-dicom`
 */
export function readLookupTable(
  dataSet: DataSet,
  keywords: { readonly descriptor: Keyword; readonly data: Keyword },
  signed: boolean,
): LookupTable {
  const { count, first, bits } = readDescriptor(dataSet, keywords.descriptor, signed);
  const words = readWords(dataSet, keywords.data);
  const entries = words.length >= count ? words : bytesOfWords(words, bits);
  if (entries.length >= count) return { first, bits, entries: entries.subarray(0, count) };
  throw malformed(dataSet.encoding.name, tagOf(keywords.data), 'has fewer entries than its descriptor says');
}

/** Number of entries, first input, bits of an entry. */
export function readDescriptor(dataSet: DataSet, keyword: Keyword, signed: boolean): Descriptor {
  const [count, first, bits, ...more] = dataSet.numbers(keyword, signed).map((value) => value & 0xffff);
  if (count === undefined || first === undefined || bits === undefined || more.length > 0) {
    throw malformed(dataSet.encoding.name, tagOf(keyword), 'has not three values');
  }
  if (bits < 8 || bits > 16)
    throw malformed(dataSet.encoding.name, tagOf(keyword), 'has entries of no such size');
  const isSigned = signed || dataSet.element(keyword)?.vr === 'SS';
  return {
    count: count === 0 ? 65536 : count,
    first: isSigned && first > 32767 ? first - 65536 : first,
    bits,
  };
}

/** 16-bit words, in the byte order of the object. */
export function readWords(dataSet: DataSet, keyword: Keyword): Uint16Array {
  const bytes = dataSet.bytes(keyword);
  if (bytes === undefined) throw malformed(dataSet.encoding.name, tagOf(keyword), 'is missing');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const words = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < words.length; i++) words[i] = view.getUint16(2 * i, dataSet.encoding.littleEndian);
  return words;
}

/** Entries of 8 bits come two in a word, the first in its low byte (PS3.3 C.7.6.3.1.6). */
function bytesOfWords(words: Uint16Array, bits: number): Uint16Array {
  if (bits > 8) return words;
  return Uint16Array.from(
    { length: 2 * words.length },
    (_, i) => ((words[i >> 1] as number) >> (8 * (i & 1))) & 255,
  );
}

export function lookUp({ first, entries }: LookupTable, value: number): number {
  const index = Math.round(value) - first;
  return entries[index < 0 ? 0 : Math.min(index, entries.length - 1)] as number;
}
