/** Packs 0s and 1s into bytes, the first into the lowest bit, without a gap between what is added. */
export class BitPacker {
  #bytes = new Uint8Array(1024);
  #bits = 0;

  /** Appends pixels of 0 or 1. */
  add(pixels: Uint8Array): void {
    const needed = (this.#bits + pixels.length + 7) >>> 3;
    if (needed > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(needed, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    const start = this.#bits;
    for (let i = 0; i < pixels.length; i++) {
      if (pixels[i] === 0) continue;
      const at = start + i;
      this.#bytes[at >>> 3] = (this.#bytes[at >>> 3] as number) | (1 << (at & 7));
    }
    this.#bits += pixels.length;
  }

  /** All so far, not copied; the last byte is filled up with 0s. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, (this.#bits + 7) >>> 3);
  }
}

/** The pixels from bit `start` on, as 0s and 1s. What is beyond the bytes is 0. */
export function unpackBits(bytes: Uint8Array, start: number, pixels: number): Uint8Array {
  const out = new Uint8Array(pixels);
  for (let i = 0; i < pixels; i++) {
    const at = start + i;
    out[i] = ((bytes[at >>> 3] ?? 0) >>> (at & 7)) & 1;
  }
  return out;
}
