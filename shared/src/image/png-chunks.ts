import { crc32 } from './crc32.ts';
import { brokenImage, imageProblem } from './image-problem.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** Colour types of the PNG specification, table 11.1. */
export const GREY = 0;
export const RGB = 2;
export const PALETTE = 3;
export const GREY_ALPHA = 4;
export const RGB_ALPHA = 6;

const DEPTHS: ReadonlyMap<number, readonly number[]> = new Map([
  [GREY, [1, 2, 4, 8, 16]],
  [RGB, [8, 16]],
  [PALETTE, [1, 2, 4, 8]],
  [GREY_ALPHA, [8, 16]],
  [RGB_ALPHA, [8, 16]],
]);

export interface PngHeader {
  readonly width: number;
  readonly height: number;
  /** Bits a sample. */
  readonly depth: number;
  readonly colourType: number;
  readonly interlaced: boolean;
}

export interface PngChunks {
  /** RGB triples, empty if the file has none. */
  readonly palette: Uint8Array;
  /** The zlib stream, in pieces: views of the file, not copies. */
  readonly compressed: readonly Uint8Array[];
}

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** Reads IHDR, which is always first and always 13 bytes. Allocates nothing. */
export function readPngHeader(bytes: Uint8Array, name: string): PngHeader {
  if (bytes.length < 33) throw brokenImage(name, 'is a PNG cut off in its header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(8) !== 13 || chunkType(bytes, 12) !== 'IHDR') {
    throw brokenImage(name, 'is a PNG without a header chunk');
  }
  checkCrc(bytes, view, 8, 13, name);
  const width = view.getUint32(16);
  const height = view.getUint32(20);
  const [depth = 0, colourType = 0, compression, filter, interlace = 0] = bytes.subarray(24, 29);
  if (width === 0 || height === 0) throw brokenImage(name, `is a PNG of ${width} × ${height} pixels`);
  if (!DEPTHS.get(colourType)?.includes(depth)) {
    throw brokenImage(name, `is a PNG of colour type ${colourType} with ${depth} bits, which does not exist`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    const problem = 'is a PNG with a compression, filter or interlace method outside the standard';
    throw imageProblem('unsupported-image', name, problem, 'Save it as a standard PNG');
  }
  return { width, height, depth, colourType, interlaced: interlace === 1 };
}

/**
 * Walks the chunks after IHDR up to IEND. Checksums of the chunks that matter are verified; ancillary chunks (text,
 * colour profiles, transparency, animation frames) are stepped over unread, so that they cannot do harm.
 */
export function readPngChunks(bytes: Uint8Array, name: string): PngChunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let palette: Uint8Array = new Uint8Array(0);
  const compressed: Uint8Array[] = [];
  let offset = 33;
  for (;;) {
    if (offset + 12 > bytes.length) throw brokenImage(name, 'is a PNG cut off before its end');
    const length = view.getUint32(offset);
    const type = chunkType(bytes, offset + 4);
    if (offset + 12 + length > bytes.length) throw brokenImage(name, `is a PNG cut off in its ${type} chunk`);
    const critical = ((bytes[offset + 4] as number) & 0x20) === 0;
    if (critical) checkCrc(bytes, view, offset, length, name);
    const body = bytes.subarray(offset + 8, offset + 8 + length);
    if (type === 'IEND') return { palette, compressed };
    if (type === 'PLTE') palette = body;
    else if (type === 'IDAT') compressed.push(body);
    else if (critical) throw brokenImage(name, 'is a PNG with an unknown critical chunk');
    offset += 12 + length;
  }
}

function chunkType(bytes: Uint8Array, offset: number): string {
  const letters = bytes.subarray(offset, offset + 4);
  // The name may end up in an error message, so it must be what the standard allows: letters.
  return letters.every((b) => (b | 0x20) >= 0x61 && (b | 0x20) <= 0x7a)
    ? String.fromCharCode(...letters)
    : '?';
}

function checkCrc(bytes: Uint8Array, view: DataView, offset: number, length: number, name: string): void {
  if (crc32(bytes.subarray(offset + 4, offset + 8 + length)) !== view.getUint32(offset + 8 + length)) {
    throw brokenImage(
      name,
      `is a PNG whose ${chunkType(bytes, offset + 4)} chunk does not match its checksum`,
    );
  }
}
