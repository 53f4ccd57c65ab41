import { encode } from 'fast-png';
import type { Image8or16 } from './image8or16.ts';

/** Encodes a picture's pixels, 8 or 16 bits, and nothing else: what its file said besides is left behind. */
export function encodeImage({
  height,
  width,
  channels,
  bitDepth,
  data,
}: Image8or16): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encode({ height, width, channels, depth: bitDepth, data }));
}
