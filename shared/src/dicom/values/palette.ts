import type { DataSet } from '../dataset.ts';
import { malformed } from '../dicom-problem.ts';
import { type Keyword, tagOf } from '../dictionary.ts';
import { type LookupTable, lookUp, readDescriptor, readLookupTable, readWords } from './lookup-table.ts';

const COLOURS = ['Red', 'Green', 'Blue'] as const;

/** The three tables of PALETTE COLOR (PS3.3 C.7.6.3.1.5, C.7.9), plain or segmented. @throws InputError */
export function readPalette(dataSet: DataSet, signed: boolean): readonly LookupTable[] {
  return COLOURS.map((colour) => {
    const descriptor = `${colour}PaletteColorLookupTableDescriptor` as const;
    const segmented = `Segmented${colour}PaletteColorLookupTableData` as const;
    if (dataSet.has(segmented)) return readSegmented(dataSet, descriptor, segmented, signed);
    return readLookupTable(dataSet, { descriptor, data: `${colour}PaletteColorLookupTableData` }, signed);
  });
}

/** Red, green and blue, 0 to 255, of each stored value: [pixels, 3]. */
export function applyPalette(values: Float32Array, palette: readonly LookupTable[]): Float32Array {
  const out = new Float32Array(3 * values.length);
  palette.forEach((table, channel) => {
    const scale = 255 / (2 ** table.bits - 1);
    for (let i = 0; i < values.length; i++) {
      out[3 * i + channel] = scale * lookUp(table, values[i] as number);
    }
  });
  return out;
}

/** A table in segments (PS3.3 C.7.9.2): discrete, linear, and repeated ones. */
function readSegmented(dataSet: DataSet, descriptor: Keyword, data: Keyword, signed: boolean): LookupTable {
  const { count, first, bits } = readDescriptor(dataSet, descriptor, signed);
  const words = readWords(dataSet, data);
  const entries = new Uint16Array(count);
  let filled = 0;
  const broken = () => malformed(dataSet.encoding.name, tagOf(data), 'has segments that do not make a table');
  const put = (value: number | undefined) => {
    if (value === undefined || filled >= count) throw broken();
    entries[filled++] = value;
  };
  /** Expands the segment at a word and gives where the next begins. */
  const expand = (at: number, nested: boolean): number => {
    const [kind, length = 0] = words.subarray(at, at + 2);
    if (kind === 0) {
      for (let i = 0; i < length; i++) put(words[at + 2 + i]);
      return at + 2 + length;
    }
    if (kind === 1) {
      const target = words[at + 2];
      const start = entries[filled - 1];
      if (target === undefined || start === undefined) throw broken();
      for (let i = 1; i <= length; i++) put(Math.round(start + ((target - start) * i) / length));
      return at + 3;
    }
    if (kind !== 2 || nested) throw broken();
    let source = ((words[at + 2] ?? 0) | ((words[at + 3] ?? 0) << 16)) >>> 1; // a byte offset
    for (let i = 0; i < length; i++) source = expand(source, true);
    return at + 4;
  };
  for (let at = 0; at < words.length && filled < count; ) at = expand(at, false);
  if (filled < count) throw broken();
  return { first, bits, entries };
}
