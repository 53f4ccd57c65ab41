/**
 * Decodes a frame of RLE Lossless (PS3.5 G): byte planes of each sample, the most significant first, each packed by
 * runs (G.3.1).
 *
 * @param planes bytes of a sample times samples of a pixel
 * @param pixels of the frame
 * @returns the planes one after the other, or what is wrong with the frame
 */
export function decodeRlePlanes(bytes: Uint8Array, planes: number, pixels: number): Uint8Array | string {
  if (bytes.length < 64) return 'has a frame shorter than its RLE header';
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== planes) return `has an RLE frame that does not hold ${planes} segments`;
  const out = new Uint8Array(planes * pixels);
  for (let plane = 0; plane < planes; plane++) {
    const start = view.getUint32(4 + 4 * plane, true);
    const end = plane + 1 < planes ? view.getUint32(8 + 4 * plane, true) : bytes.length;
    if (start < 64 || start > end || end > bytes.length) return 'has an RLE segment outside its frame';
    if (unpack(bytes.subarray(start, end), out.subarray(plane * pixels, (plane + 1) * pixels)) < pixels) {
      return 'has an RLE segment that ends before all pixels are there';
    }
  }
  return out;
}

/** @returns bytes written, never more than there is room for. */
function unpack(segment: Uint8Array, out: Uint8Array): number {
  let filled = 0;
  for (let at = 0; at < segment.length && filled < out.length; ) {
    const control = segment[at++] as number;
    if (control < 128) {
      const literal = segment.subarray(at, at + Math.min(control + 1, out.length - filled));
      out.set(literal, filled);
      at += control + 1;
      filled += literal.length;
    } else if (control > 128) {
      const run = Math.min(257 - control, out.length - filled);
      if (at >= segment.length) break;
      out.fill(segment[at++] as number, filled, filled + run);
      filled += run;
    }
  }
  return filled;
}
