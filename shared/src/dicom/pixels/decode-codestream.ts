import { BrokenJpeg } from '../jpeg/broken-jpeg.ts';
import { decodeDct12 } from '../jpeg/decode-dct12.ts';
import { decodeLossless } from '../jpeg/decode-lossless.ts';
import type { Compression } from '../transfer-syntax.ts';
import { type CodestreamHeader, codestreamHeader } from './codestream.ts';
import { withColourMarker } from './jpeg-colour.ts';
import type { Photometric, PixelLayout } from './pixel-layout.ts';
import { type DecodedSamples, DecoderFailed, type WasmDecoders } from './wasm-decoders.ts';

/** Each scan of a JPEG goes over the whole picture: more than any encoder writes would only cost time. */
const MAX_SCANS = 256;

/** Samples of a compressed frame, and in which colour space the decoder leaves them. */
export interface DecodedFrame extends DecodedSamples {
  readonly photometric: Photometric;
}

/**
 * Decodes a compressed frame (not RLE). Its own header is compared with the image's before a decoder allocates
 * anything for it.
 *
 * @returns the samples, or what is wrong with the frame
 */
export async function decodeCodestream(
  bytes: Uint8Array,
  compression: Exclude<Compression, 'rle'>,
  layout: PixelLayout,
  decoders: WasmDecoders,
): Promise<DecodedFrame | string> {
  const header = codestreamHeader(compression, bytes);
  if (header === undefined) return 'has a frame without a header that can be read';
  const difference = differs(header, layout);
  if (difference !== undefined) return difference;
  try {
    const decoded = await decode(bytes, compression, header, layout, decoders);
    return differs({ ...header, ...decoded }, layout) ?? decoded;
  } catch (error) {
    if (error instanceof BrokenJpeg) return `has a frame that ${error.message}`;
    if (error instanceof DecoderFailed) return 'has a frame that its decoder does not read';
    throw error;
  }
}

function differs(header: CodestreamHeader, layout: PixelLayout): string | undefined {
  const { rows, columns, samples, bitsAllocated } = layout;
  if (header.rows !== rows || header.columns !== columns) {
    return `has a frame of ${header.rows} × ${header.columns} pixels, where Rows and Columns say ${rows} × ${columns}`;
  }
  if (header.samples !== samples)
    return `has a frame of ${header.samples} components, where ${samples} are due`;
  if (header.precision > bitsAllocated) return `has samples of ${header.precision} bits in ${bitsAllocated}`;
  return undefined;
}

async function decode(
  bytes: Uint8Array,
  compression: Exclude<Compression, 'rle'>,
  header: CodestreamHeader,
  layout: PixelLayout,
  decoders: WasmDecoders,
): Promise<DecodedFrame> {
  const { photometric } = layout;
  if (compression === 'jpeg-lossless' || (compression === 'jpeg' && header.precision > 8)) {
    const { data } = compression === 'jpeg' ? decodeDct12(bytes) : decodeLossless(bytes);
    return { ...layout, data, planar: false };
  }
  if (compression === 'jpeg') {
    if (scanCount(bytes) > MAX_SCANS) throw new BrokenJpeg(`has more than ${MAX_SCANS} scans`);
    const isColour = layout.samples === 3;
    const stream = isColour ? withColourMarker(bytes, photometric !== 'RGB') : bytes;
    const decoded = await decoders.decode('jpeg', stream);
    return { ...decoded, photometric: isColour ? 'RGB' : photometric };
  }
  const decoded = await decoders.decode(compression, bytes);
  // The codestream names its colour transform itself, and the decoder has undone it (PS3.5 8.2.4).
  const transformed = photometric === 'YBR_RCT' || photometric === 'YBR_ICT';
  return { ...decoded, photometric: transformed ? 'RGB' : photometric };
}

/** SOS markers; within entropy-coded bits 0xff is never followed by their code (T.81, B.1.1.5). */
function scanCount(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(0xff); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === 0xda) count++;
  }
  return count;
}
