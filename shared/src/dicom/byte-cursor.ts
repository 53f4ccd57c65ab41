/** A place in a file. Reading beyond the end throws {@link EndOfBytes}. */
export class ByteCursor {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  readonly #view: DataView;
  at: number;

  constructor(bytes: Uint8Array, littleEndian: boolean, at = 0) {
    this.bytes = bytes;
    this.littleEndian = littleEndian;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  get left(): number {
    return this.bytes.length - this.at;
  }

  uint16(): number {
    this.#need(2);
    this.at += 2;
    return this.#view.getUint16(this.at - 2, this.littleEndian);
  }

  uint32(): number {
    this.#need(4);
    this.at += 4;
    return this.#view.getUint32(this.at - 4, this.littleEndian);
  }

  /** Group and element. */
  tag(): number {
    return this.uint16() * 0x10000 + this.uint16();
  }

  /** A tag, without going on. */
  peekTag(): number {
    const tag = this.tag();
    this.at -= 4;
    return tag;
  }

  /** A view of the next bytes. */
  take(length: number): Uint8Array {
    this.#need(length);
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** The next two bytes as Latin letters. */
  letters(): string {
    const [a = 0, b = 0] = this.take(2);
    return String.fromCharCode(a, b);
  }

  #need(length: number): void {
    if (length > this.left) throw new EndOfBytes();
  }
}

/** The bytes end before a value does. */
export class EndOfBytes extends Error {
  override readonly name = 'EndOfBytes';
}
