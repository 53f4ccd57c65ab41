import { BrokenJpeg } from './broken-jpeg.ts';
import { type Plane, planesOf, samplesOf } from './dct-planes.ts';
import { readDctScan } from './dct-scan.ts';
import type { DecodedJpeg } from './decode-lossless.ts';
import { readSegments } from './segments.ts';

/**
 * Decodes a sequential or progressive JPEG of 12 bits with Huffman coding (T.81, processes 4, 8 and 12), which the
 * 8-bit decoders do not read. Components keep their colour space; subsampled ones are not read.
 *
 * @throws BrokenJpeg
 */
export function decodeDct12(bytes: Uint8Array): DecodedJpeg {
  let planes: readonly Plane[] | undefined;
  const { frame, tables } = readSegments(bytes, (header, scan) => {
    if (header.precision !== 12) throw new BrokenJpeg(`has ${header.precision} bits a sample, not 12`);
    const [first] = header.components;
    if (header.components.some((c) => c.horizontal !== first?.horizontal || c.vertical !== first.vertical)) {
      throw new BrokenJpeg('has subsampled components of 12 bits');
    }
    planes ??= planesOf(header);
    return readDctScan(bytes, header, scan, planes);
  });
  if (planes === undefined) throw new BrokenJpeg('has no picture');
  return { frame, data: samplesOf(frame, planes, tables) };
}
