/** Bytes that are appended, little endian; chunks are kept by reference until {@link concat}. */
export class ByteSink {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;

  /** Bytes so far. */
  get length(): number {
    return this.#length;
  }

  bytes(bytes: Uint8Array): void {
    this.#chunks.push(bytes);
    this.#length += bytes.length;
  }

  uint16(value: number): void {
    this.bytes(Uint8Array.of(value & 0xff, value >>> 8));
  }

  uint32(value: number): void {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, true);
    this.bytes(bytes);
  }

  /** Appends all of another, without copying. */
  sink(other: ByteSink): void {
    for (const chunk of other.#chunks) this.#chunks.push(chunk);
    this.#length += other.#length;
  }

  /** Everything in one piece. */
  concat(): Uint8Array<ArrayBuffer> {
    const out = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      out.set(chunk, at);
      at += chunk.length;
    }
    return out;
  }
}
