/** The masks of one image, one bit a rater: bit r of a pixel is rater r's. At most 32 raters. */
export interface MaskBits {
  readonly height: number;
  readonly width: number;
  /** Row by row; as narrow as the number of raters allows. */
  readonly data: Uint8Array | Uint16Array | Uint32Array;
}

export const MOST_RATERS = 32;

/** An array that holds one bit for each of `raters` raters at each of `pixels` pixels. */
export function maskBitsArray(raters: number, pixels: number): Uint8Array | Uint16Array | Uint32Array {
  if (raters > MOST_RATERS) throw new RangeError(`${raters} raters do not fit into ${MOST_RATERS} bits`);
  if (raters <= 8) return new Uint8Array(pixels);
  return raters <= 16 ? new Uint16Array(pixels) : new Uint32Array(pixels);
}

/** Zeros in an array as wide as `data`. */
export function emptyLike(data: MaskBits['data'], pixels: number): MaskBits['data'] {
  if (data instanceof Uint8Array) return new Uint8Array(pixels);
  return data instanceof Uint16Array ? new Uint16Array(pixels) : new Uint32Array(pixels);
}

/** Packs masks of 0 and 1, in the personas' order; null for a rater who is not present. */
export function packMasks(
  masks: readonly (Uint8Array | null)[],
  { height, width }: { height: number; width: number },
): MaskBits {
  const data = maskBitsArray(masks.length, height * width);
  masks.forEach((mask, r) => {
    if (mask === null) return;
    for (let i = 0; i < data.length; i++) data[i] = (data[i] as number) | ((mask[i] as number) << r);
  });
  return { height, width, data };
}

/** Rater r's mask: 0 or 1 a pixel. */
export function unpackMask({ data }: MaskBits, r: number): Uint8Array {
  return Uint8Array.from(data, (bits) => (bits >>> r) & 1);
}
