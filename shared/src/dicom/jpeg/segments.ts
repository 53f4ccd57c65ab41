import { BrokenJpeg } from './broken-jpeg.ts';
import { type HuffmanTable, huffmanTable } from './huffman.ts';

export interface Component {
  readonly id: number;
  /** Sampling factors. */
  readonly horizontal: number;
  readonly vertical: number;
  readonly quantization: number;
}

/** The frame header (T.81, B.2.2). */
export interface FrameHeader {
  readonly process: 'sequential' | 'progressive' | 'lossless';
  /** Bits of a sample. */
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly components: readonly Component[];
}

/** A scan header (T.81, B.2.3) and what holds while the scan is read. */
export interface Scan {
  readonly components: readonly { readonly component: number; readonly dc: number; readonly ac: number }[];
  /** Ss: first coefficient, or the predictor of a lossless scan. */
  readonly start: number;
  readonly end: number;
  /** Ah and Al: successive approximation; Al is the point transform of a lossless scan. */
  readonly high: number;
  readonly low: number;
  /** MCUs from one restart marker to the next; 0 for none. */
  readonly restartInterval: number;
  readonly tables: Tables;
  /** Where the entropy-coded bits begin. */
  readonly at: number;
}

export interface Tables {
  /** By destination; in zigzag order. */
  readonly quantization: (Uint16Array | undefined)[];
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
}

const PROCESSES: Readonly<Record<number, FrameHeader['process']>> = {
  192: 'sequential',
  193: 'sequential',
  194: 'progressive',
  195: 'lossless',
};

/** What reads the entropy-coded bits of a scan, and tells where they end. */
export type ScanReader = (frame: FrameHeader, scan: Scan) => number;

/** Each scan goes over the whole picture: more than any encoder writes would only cost time. */
const MAX_SCANS = 256;

/**
 * Walks the marker segments of a JPEG stream (T.81, B) and has each scan read.
 *
 * @returns the frame header.
 * @throws BrokenJpeg
 */
export function readSegments(
  bytes: Uint8Array,
  readScan: ScanReader,
): { frame: FrameHeader; tables: Tables } {
  const tables: Tables = { quantization: [], dc: [], ac: [] };
  let frame: FrameHeader | undefined;
  let restartInterval = 0;
  let scans = 0;
  let at = 0;
  for (;;) {
    const marker = nextMarker(bytes, at);
    at = marker.end;
    if (marker.code === 0xd8) continue;
    if (marker.code === 0xd9) break;
    const length = uint16(bytes, at);
    if (length < 2 || at + length > bytes.length) throw new BrokenJpeg('is cut off in a marker segment');
    const body = bytes.subarray(at + 2, at + length);
    at += length;
    const process = PROCESSES[marker.code];
    if (process !== undefined) frame = readFrameHeader(process, body);
    else if (marker.code === 0xc4) readHuffmanTables(body, tables);
    else if (marker.code === 0xdb) readQuantization(body, tables);
    else if (marker.code === 0xdd) restartInterval = uint16(body, 0);
    else if (marker.code === 0xda) {
      if (frame === undefined) throw new BrokenJpeg('has a scan before its frame header');
      if (++scans > MAX_SCANS) throw new BrokenJpeg(`has more than ${MAX_SCANS} scans`);
      at = readScan(frame, { ...readScanHeader(body, frame), restartInterval, tables, at });
    } else if (marker.code >= 0xc5 && marker.code <= 0xcf) {
      throw new BrokenJpeg('is hierarchical or arithmetically coded, which no transfer syntax is');
    }
  }
  if (frame === undefined || scans === 0) throw new BrokenJpeg('has no picture');
  return { frame, tables };
}

/** The frame header alone, without reading a scan; undefined where there is none. */
export function findFrameHeader(bytes: Uint8Array): FrameHeader | undefined {
  let found: FrameHeader | undefined;
  try {
    readSegments(bytes, (frame) => {
      found = frame;
      throw new BrokenJpeg('is not read further');
    });
  } catch (error) {
    if (!(error instanceof BrokenJpeg)) throw error;
  }
  return found;
}

/** The next marker; bytes before it are passed over, as a decoder may (T.81, B.1.1.2: fill bytes). */
function nextMarker(bytes: Uint8Array, from: number): { code: number; end: number } {
  for (let at = from; at + 1 < bytes.length; at++) {
    const code = bytes[at + 1] as number;
    if (bytes[at] === 0xff && code !== 0 && code !== 0xff) return { code, end: at + 2 };
  }
  return { code: 0xd9, end: bytes.length }; // no end marker: whether all pixels came, the scan knows
}

function uint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

function readFrameHeader(process: FrameHeader['process'], body: Uint8Array): FrameHeader {
  const [precision = 0, , , , , count = 0] = body;
  const rows = uint16(body, 1);
  const columns = uint16(body, 3);
  if (rows === 0 || columns === 0 || count === 0 || body.length < 6 + 3 * count) {
    throw new BrokenJpeg('has a frame header without a size');
  }
  const components = Array.from({ length: count }, (_, i) => {
    const [id = 0, sampling = 0, quantization = 0] = body.subarray(6 + 3 * i);
    return { id, horizontal: sampling >>> 4, vertical: sampling & 15, quantization };
  });
  if (components.some(({ horizontal: h, vertical: v }) => h < 1 || h > 4 || v < 1 || v > 4)) {
    throw new BrokenJpeg('has an impossible sampling factor');
  }
  return { process, precision, rows, columns, components };
}

function readScanHeader(body: Uint8Array, frame: FrameHeader) {
  const count = body[0] ?? 0;
  if (count < 1 || count > 4 || body.length < 4 + 2 * count) throw new BrokenJpeg('has a broken scan header');
  const components = Array.from({ length: count }, (_, i) => {
    const [id = 0, tables = 0] = body.subarray(1 + 2 * i);
    const component = frame.components.findIndex((candidate) => candidate.id === id);
    if (component < 0) throw new BrokenJpeg('has a scan of a component that does not exist');
    return { component, dc: tables >>> 4, ac: tables & 15 };
  });
  const [start = 0, end = 0, approximation = 0] = body.subarray(1 + 2 * count);
  return { components, start, end, high: approximation >>> 4, low: approximation & 15 };
}

function readHuffmanTables(body: Uint8Array, tables: Tables): void {
  for (let at = 0; at < body.length; ) {
    const target = body[at] as number;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (counts.length < 16 || at + 17 + total > body.length || (target & 15) > 3) {
      throw new BrokenJpeg('has a broken Huffman table');
    }
    const table = huffmanTable(counts, body.subarray(at + 17, at + 17 + total));
    (target >>> 4 === 0 ? tables.dc : tables.ac)[target & 15] = table;
    at += 17 + total;
  }
}

function readQuantization(body: Uint8Array, tables: Tables): void {
  for (let at = 0; at < body.length; ) {
    const target = body[at] as number;
    const size = target >>> 4 === 0 ? 1 : 2;
    if (at + 1 + 64 * size > body.length || (target & 15) > 3) {
      throw new BrokenJpeg('has a broken quantization table');
    }
    const start = at + 1;
    tables.quantization[target & 15] = Uint16Array.from({ length: 64 }, (_, i) =>
      size === 1 ? (body[start + i] as number) : uint16(body, start + 2 * i),
    );
    at += 1 + 64 * size;
  }
}
