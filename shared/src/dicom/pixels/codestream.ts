import { findFrameHeader } from '../jpeg/segments.ts';
import type { Compression } from '../transfer-syntax.ts';

/** What a compressed frame says of itself. */
export interface CodestreamHeader {
  readonly rows: number;
  readonly columns: number;
  readonly samples: number;
  /** Bits of a sample. */
  readonly precision: number;
}

/** Whether a fragment begins a compressed frame. */
export function startsCodestream(compression: Compression, fragment: Uint8Array): boolean {
  const [a, b, c] = fragment;
  if (compression === 'rle') return fragment.length >= 64 && b === 0 && c === 0;
  if (compression === 'jpeg-2000' || compression === 'htj2k') return a === 0xff && b === 0x4f;
  return a === 0xff && b === 0xd8;
}

/** The header of a compressed frame, read without decoding it; undefined where there is none to be found. */
export function codestreamHeader(compression: Compression, bytes: Uint8Array): CodestreamHeader | undefined {
  if (compression === 'jpeg-2000' || compression === 'htj2k') return imageAndTileSize(bytes);
  if (compression === 'jpeg-ls') return jpegLsHeader(bytes);
  const header = findFrameHeader(bytes);
  return header && { ...header, samples: header.components.length };
}

const MAX_TILES = 4096;

/** The SIZ segment, which comes right after the start (ITU-T T.800, A.5.1). */
function imageAndTileSize(bytes: Uint8Array): CodestreamHeader | undefined {
  if (bytes.length < 43) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== 0xff4fff51) return undefined;
  const columns = view.getUint32(8) - view.getUint32(16);
  const rows = view.getUint32(12) - view.getUint32(20);
  const [tileWidth, tileHeight] = [view.getUint32(24), view.getUint32(28)];
  const samples = view.getUint16(40);
  // Each component has its depth and its subsampling: in DICOM all are alike (PS3.5 8.2.4).
  if (samples < 1 || bytes.length < 42 + 3 * samples) return undefined;
  const alike = Array.from({ length: samples }, (_, i) => bytes.subarray(42 + 3 * i, 45 + 3 * i)).every(
    ([depth, x, y]) => depth === bytes[42] && x === 1 && y === 1,
  );
  if (!alike || Math.ceil(columns / tileWidth) * Math.ceil(rows / tileHeight) > MAX_TILES) return undefined;
  return { rows, columns, samples, precision: ((bytes[42] as number) & 0x7f) + 1 };
}

/** The SOF55 segment (ITU-T T.87, C.2.2). */
function jpegLsHeader(bytes: Uint8Array): CodestreamHeader | undefined {
  for (let at = 2; at + 11 < bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1] as number;
    const uint16 = (offset: number) =>
      ((bytes[at + offset] as number) << 8) | (bytes[at + offset + 1] as number);
    if (marker === 0xf7) {
      return {
        precision: bytes[at + 4] as number,
        rows: uint16(5),
        columns: uint16(7),
        samples: bytes[at + 9] as number,
      };
    }
    if (marker === 0xda) return undefined;
    at += 2 + uint16(2);
  }
  return undefined;
}
