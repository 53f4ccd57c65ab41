import { brokenImage, imageProblem } from './image-problem.ts';

export interface JpegHeader {
  readonly width: number;
  readonly height: number;
  readonly components: 1 | 3;
}

/** Progressive files have about ten scans. Each costs a pass over the whole picture, so a file with very many is an attack. */
const MAX_SCANS = 100;

export function isJpeg(bytes: Uint8Array): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;
}

/**
 * Walks a JPEG's markers (ITU-T T.81, annex B) without decoding: the frame header must come once, in a process that we
 * can decode (baseline, extended or progressive Huffman, 8 bits, 1 or 3 components), and the end must be there.
 *
 * @throws InputError `broken-image`, `unsupported-image`.
 */
export function readJpegHeader(bytes: Uint8Array, name: string): JpegHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let header: JpegHeader | undefined;
  let scans = 0;
  let offset = 2;
  for (;;) {
    while (bytes[offset] === 0xff && bytes[offset + 1] === 0xff) offset++; // fill bytes
    if (offset + 2 > bytes.length) throw brokenImage(name, 'is a JPEG cut off before its end');
    const marker = bytes[offset + 1] as number;
    if (bytes[offset] !== 0xff || marker === 0) throw brokenImage(name, 'is a JPEG with a damaged marker');
    if (marker === 0xd9) break;
    if (offset + 4 > bytes.length) throw brokenImage(name, 'is a JPEG cut off before its end');
    const length = view.getUint16(offset + 2);
    const next = offset + 2 + length;
    if (length < 2 || next > bytes.length) throw brokenImage(name, 'is a JPEG cut off in its header');
    if (isFrame(marker)) {
      if (header) throw brokenImage(name, 'is a JPEG with more than one frame');
      header = readFrame(bytes.subarray(offset + 4, next), marker, name);
    }
    offset = next;
    if (marker === 0xda) {
      if (!header) throw brokenImage(name, 'is a JPEG without a frame header');
      if (++scans > MAX_SCANS) throw brokenImage(name, `is a JPEG with more than ${MAX_SCANS} scans`);
      offset = endOfScan(bytes, offset);
    }
  }
  if (!header || scans === 0) throw brokenImage(name, 'is a JPEG without pixels');
  return header;
}

/** SOF0 to SOF15, without DHT, JPG and DAC which share their range. */
function isFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

function readFrame(body: Uint8Array, marker: number, name: string): JpegHeader {
  if (body.length < 6) throw brokenImage(name, 'is a JPEG cut off in its header');
  const unsupported = (problem: string) =>
    imageProblem('unsupported-image', name, problem, 'Save it as a PNG, or as a baseline JPEG of 8 bits');
  if (marker > 0xc2) throw unsupported('is a lossless, hierarchical or arithmetic-coded JPEG');
  const [precision, h1 = 0, h0 = 0, w1 = 0, w0 = 0, components = 0] = body;
  const height = (h1 << 8) | h0;
  const width = (w1 << 8) | w0;
  if (precision !== 8) throw unsupported(`is a JPEG of ${precision} bits`);
  if (components !== 1 && components !== 3) throw unsupported(`is a JPEG of ${components} components`);
  if (width === 0 || height === 0) throw brokenImage(name, `is a JPEG of ${width} × ${height} pixels`);
  if (body.length < 6 + 3 * components) throw brokenImage(name, 'is a JPEG cut off in its header');
  for (let c = 0; c < components; c++) {
    const sampling = body[7 + 3 * c] as number;
    const [h, v] = [sampling >> 4, sampling & 15];
    if (h < 1 || h > 4 || v < 1 || v > 4) throw brokenImage(name, 'is a JPEG with impossible subsampling');
  }
  return { width, height, components };
}

/** The offset of the first marker after entropy-coded data that is neither a stuffed zero nor a restart. */
function endOfScan(bytes: Uint8Array, from: number): number {
  let offset = bytes.indexOf(0xff, from);
  while (offset >= 0 && offset + 1 < bytes.length) {
    const next = bytes[offset + 1] as number;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return offset;
    offset = bytes.indexOf(0xff, offset + 1);
  }
  return bytes.length;
}
