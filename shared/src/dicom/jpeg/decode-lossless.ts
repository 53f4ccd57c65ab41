import { BitReader } from './bit-reader.ts';
import { BrokenJpeg } from './broken-jpeg.ts';
import type { HuffmanTable } from './huffman.ts';
import { type FrameHeader, readSegments, type Scan } from './segments.ts';

/** A decoded picture: samples of a pixel next to each other. */
export interface DecodedJpeg {
  readonly frame: FrameHeader;
  /** [rows, columns, components]. */
  readonly data: Uint16Array;
}

type Predictor = (left: number, above: number, aboveLeft: number) => number;

/** Predictors by selection value (T.81, table H.1). */
const PREDICTORS: readonly Predictor[] = [
  () => 0,
  (a) => a,
  (_, b) => b,
  (_a, _b, c) => c,
  (a, b, c) => a + b - c,
  (a, b, c) => a + ((b - c) >> 1),
  (a, b, c) => b + ((a - c) >> 1),
  (a, b) => (a + b) >> 1,
];

/**
 * Decodes a lossless JPEG with Huffman coding (T.81, H; SOF3) of 2 to 16 bits, with any of the seven predictors.
 *
 * @throws BrokenJpeg
 */
export function decodeLossless(bytes: Uint8Array): DecodedJpeg {
  let data: Uint16Array | undefined;
  const { frame } = readSegments(bytes, (header, scan) => {
    data ??= new Uint16Array(header.rows * header.columns * header.components.length);
    return readLosslessScan(bytes, header, scan, data);
  });
  if (data === undefined) throw new BrokenJpeg('has no picture');
  return { frame, data };
}

function readLosslessScan(bytes: Uint8Array, frame: FrameHeader, scan: Scan, data: Uint16Array): number {
  const { rows, columns, components, precision } = frame;
  const predictor = PREDICTORS[scan.start];
  if (frame.process !== 'lossless' || predictor === undefined || precision < 2 || precision > 16) {
    throw new BrokenJpeg('is not a lossless JPEG as the standard has it');
  }
  if (components.some(({ horizontal, vertical }) => horizontal !== 1 || vertical !== 1)) {
    throw new BrokenJpeg('has subsampled components, which lossless JPEG in DICOM has not');
  }
  const reader = new BitReader(bytes, scan.at);
  const stride = columns * components.length;
  const first = 1 << (precision - scan.low - 1);
  let left = scan.restartInterval;
  let restarted = 0; // the row that the last restart was in: it is predicted like the first (H.1.1)
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (scan.restartInterval > 0 && left-- === 0) {
        reader.restart();
        left = scan.restartInterval - 1;
        restarted = y;
        if (x !== 0) throw new BrokenJpeg('restarts within a row');
      }
      for (const { component, dc } of scan.components) {
        const at = y * stride + x * components.length + component;
        const a = data[at - components.length] as number;
        const b = data[at - stride] as number;
        const predicted =
          y === restarted
            ? x === 0
              ? first
              : a
            : x === 0
              ? b
              : predictor(a, b, data[at - stride - components.length] as number);
        data[at] = predicted + difference(reader, scan.tables.dc[dc]);
      }
    }
  }
  return finish(reader, scan, components.length, data);
}

/** Modulo 2^16, which the typed array sees to; the category 16 has no bits of its own (T.81, H.1.2.2). */
function difference(reader: BitReader, table: HuffmanTable | undefined): number {
  if (table === undefined) throw new BrokenJpeg('uses a Huffman table that it does not have');
  const category = reader.decode(table);
  if (category > 16) throw new BrokenJpeg('has a difference of more than 16 bits');
  return category === 16 ? 32768 : reader.difference(category);
}

/** Undoes the point transform (T.81, H.1.1). */
function finish(reader: BitReader, scan: Scan, samples: number, data: Uint16Array): number {
  if (scan.low > 0) {
    for (const { component } of scan.components) {
      for (let at = component; at < data.length; at += samples) data[at] = (data[at] as number) << scan.low;
    }
  }
  return reader.end;
}
