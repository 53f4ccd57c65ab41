import type { DataSet } from '../dataset.ts';
import { malformed } from '../dicom-problem.ts';
import { tagOf } from '../dictionary.ts';
import type { TransferSyntax } from '../transfer-syntax.ts';
import { startsCodestream } from './codestream.ts';
import { decodeCodestream } from './decode-codestream.ts';
import { decodeRlePlanes } from './decode-rle.ts';
import { encapsulatedFrame, nativeFrame, nativeFrameBytes } from './frame-bytes.ts';
import type { Photometric, PixelLayout } from './pixel-layout.ts';
import type { WasmDecoders } from './wasm-decoders.ts';

/** A frame as it was before it was compressed: cells of Bits Allocated, not yet interpreted. */
export interface FrameCells {
  /** rows · columns · samples cells (rows · columns · 2 of native YBR_FULL_422), in the machine's byte order. */
  readonly cells: Uint8Array | Uint16Array;
  /** Colour by plane, not by pixel. */
  readonly planar: boolean;
  /** Of the cells: a decoder may have undone a colour transform. */
  readonly photometric: Photometric;
}

/**
 * Decodes one frame of an image to the cells that were compressed.
 *
 * @param frame 0-based, below the number of frames
 * @throws InputError `malformed-dicom` for pixel data that is damaged or of another size than the header says
 */
export async function decodeFrame(
  dataSet: DataSet,
  syntax: TransferSyntax,
  layout: PixelLayout,
  frame: number,
  decoders: WasmDecoders,
): Promise<FrameCells> {
  const { compression } = syntax;
  const { photometric, planar } = layout;
  if (!syntax.encapsulated) {
    return { cells: nativeCells(dataSet, syntax, layout, frame), planar, photometric };
  }
  const starts = (fragment: Uint8Array) =>
    compression === undefined || startsCodestream(compression, fragment);
  const bytes = encapsulatedFrame(dataSet, layout, frame, starts);
  const broken = (problem: string) => malformed(dataSet.encoding.name, tagOf('PixelData'), problem);
  if (compression === undefined) {
    if (bytes.length < nativeFrameBytes(layout))
      throw broken('has a frame shorter than Rows and Columns need');
    const cells = cellsOf(bytes.subarray(0, nativeFrameBytes(layout)), layout, true);
    return { cells, planar, photometric };
  }
  if (compression === 'rle') {
    const cells = rleCells(bytes, layout);
    if (typeof cells === 'string') throw broken(cells);
    return { cells, planar: layout.samples > 1, photometric };
  }
  const decoded = await decodeCodestream(bytes, compression, layout, decoders);
  if (typeof decoded === 'string') throw broken(decoded);
  const Cells = layout.bitsAllocated === 16 ? Uint16Array : Uint8Array;
  const cells = decoded.data instanceof Cells ? decoded.data : new Cells(decoded.data);
  if (cells.length !== layout.rows * layout.columns * layout.samples) {
    throw broken('has a frame that does not decode to as many pixels as Rows and Columns say');
  }
  return { cells, planar: decoded.planar, photometric: decoded.photometric };
}

function nativeCells(
  dataSet: DataSet,
  { littleEndian }: TransferSyntax,
  layout: PixelLayout,
  frame: number,
): Uint8Array | Uint16Array {
  const bytes = nativeFrame(dataSet, layout, frame);
  const inWords = dataSet.element('PixelData')?.vr === 'OW';
  if (littleEndian || layout.bitsAllocated === 16 || !inWords) return cellsOf(bytes, layout, littleEndian);
  // Bytes in words of big endian: each two change places (PS3.5 7.3), counted from the start of the pixel data.
  const whole = dataSet.bytes('PixelData') ?? bytes;
  const start = frame * bytes.length;
  return Uint8Array.from(bytes, (_, i) => whole[(start + i) ^ 1] ?? 0);
}

function cellsOf(bytes: Uint8Array, layout: PixelLayout, littleEndian: boolean): Uint8Array | Uint16Array {
  if (layout.bitsAllocated === 8) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cells = new Uint16Array(bytes.length >> 1);
  for (let i = 0; i < cells.length; i++) cells[i] = view.getUint16(2 * i, littleEndian);
  return cells;
}

/** Byte planes joined to samples, which stay plane by plane (PS3.5 G.2). */
function rleCells(bytes: Uint8Array, layout: PixelLayout): Uint8Array | Uint16Array | string {
  const { rows, columns, samples, bitsAllocated, photometric } = layout;
  if (photometric === 'YBR_FULL_422') return 'is of subsampled colour, which RLE cannot hold';
  const pixels = rows * columns;
  const planes = decodeRlePlanes(bytes, (samples * bitsAllocated) / 8, pixels);
  if (typeof planes === 'string' || bitsAllocated === 8) return planes;
  const cells = new Uint16Array(pixels * samples);
  for (let sample = 0; sample < samples; sample++) {
    const high = 2 * sample * pixels;
    for (let i = 0; i < pixels; i++) {
      cells[sample * pixels + i] =
        ((planes[high + i] as number) << 8) | (planes[high + pixels + i] as number);
    }
  }
  return cells;
}
