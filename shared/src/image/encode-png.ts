import { encode } from 'fast-png';

export interface PngPixels {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** Row by row, channels interleaved. */
  readonly data: Uint8Array | Uint8ClampedArray;
}

/** Encodes 8-bit grey or RGB as a PNG. The same pixels give the same bytes. */
export function encodePng({ height, width, channels, data }: PngPixels): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encode({ height, width, channels, depth: 8, data }));
}
