import type { DataSet } from '../dataset.ts';
import { malformed } from '../dicom-problem.ts';
import { tagOf } from '../dictionary.ts';
import type { PixelLayout } from './pixel-layout.ts';

const PIXEL_DATA = tagOf('PixelData');

/** Bytes of a frame that is not compressed; YBR_FULL_422 has two samples a pixel (PS3.3 C.7.6.3.1.2). */
export function nativeFrameBytes(layout: PixelLayout): number {
  const samples = layout.photometric === 'YBR_FULL_422' ? 2 : layout.samples;
  return (layout.rows * layout.columns * samples * layout.bitsAllocated) / 8;
}

/**
 * The bytes of one frame of native pixel data, a view.
 *
 * @param frame 0-based, below the number of frames
 * @throws InputError `malformed-dicom` where the pixel data is shorter than the header announces
 */
export function nativeFrame(dataSet: DataSet, layout: PixelLayout, frame: number): Uint8Array {
  const { name } = dataSet.encoding;
  const element = dataSet.element('PixelData');
  if (element === undefined || element.fragments !== undefined) {
    throw malformed(name, PIXEL_DATA, 'is encapsulated, in a transfer syntax without encapsulation');
  }
  const length = nativeFrameBytes(layout);
  if (element.bytes.length < length * layout.frames) {
    const problem = `has ${element.bytes.length} bytes, where Rows, Columns and Number of Frames need ${length * layout.frames}`;
    throw malformed(name, PIXEL_DATA, problem);
  }
  return element.bytes.subarray(frame * length, (frame + 1) * length);
}

/**
 * The bytes of one frame of encapsulated pixel data (PS3.5 A.4): by the extended offset table, by the basic one, by a
 * fragment each, or by where fragments begin with the start of a picture; a copy where a frame has several fragments.
 *
 * @param startsFrame whether a fragment begins a frame, by its first bytes
 * @throws InputError `malformed-dicom`
 */
export function encapsulatedFrame(
  dataSet: DataSet,
  layout: PixelLayout,
  frame: number,
  startsFrame: (fragment: Uint8Array) => boolean,
): Uint8Array {
  const { name } = dataSet.encoding;
  const [offsets, ...fragments] = dataSet.element('PixelData')?.fragments ?? [];
  if (offsets === undefined) {
    throw malformed(name, PIXEL_DATA, 'is not encapsulated, as the transfer syntax needs it');
  }
  if (fragments.length === 0) throw malformed(name, PIXEL_DATA, 'holds no fragment');
  if (layout.frames === 1) return joined(fragments);
  if (fragments.length === layout.frames) return fragments[frame] as Uint8Array;
  const starts =
    fromTable(extendedOffsets(dataSet), fragments, layout.frames) ??
    fromTable(basicOffsets(offsets), fragments, layout.frames) ??
    fragments.flatMap((fragment, i) => (startsFrame(fragment) ? [i] : []));
  if (starts.length !== layout.frames || starts[0] !== 0) {
    throw malformed(name, PIXEL_DATA, `has ${fragments.length} fragments that do not divide into its frames`);
  }
  return joined(fragments.slice(starts[frame], starts[frame + 1]));
}

function basicOffsets(table: Uint8Array): number[] {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  return Array.from({ length: Math.floor(table.length / 4) }, (_, i) => view.getUint32(4 * i, true));
}

/** PS3.3 C.7.6.3.1.8. */
function extendedOffsets(dataSet: DataSet): number[] {
  return dataSet.has('ExtendedOffsetTable') ? dataSet.numbers('ExtendedOffsetTable') : [];
}

/** Which fragments begin a frame, by their offsets; undefined where the table is absent or at odds with them. */
function fromTable(
  offsets: readonly number[],
  fragments: readonly Uint8Array[],
  frames: number,
): number[] | undefined {
  if (offsets.length !== frames) return undefined;
  const at = new Map<number, number>();
  let offset = 0;
  fragments.forEach((fragment, i) => {
    at.set(offset, i);
    offset += 8 + fragment.length; // an item tag and length come before each
  });
  const starts = offsets.map((candidate) => at.get(candidate) ?? -1);
  return starts.every((start, i) => start > (starts[i - 1] ?? -1)) ? starts : undefined;
}

function joined(fragments: readonly Uint8Array[]): Uint8Array {
  const [only] = fragments;
  if (fragments.length === 1 && only !== undefined) return only;
  const out = new Uint8Array(fragments.reduce((length, fragment) => length + fragment.length, 0));
  let at = 0;
  for (const fragment of fragments) {
    out.set(fragment, at);
    at += fragment.length;
  }
  return out;
}
