import { BrokenJpeg } from './broken-jpeg.ts';
import type { HuffmanTable } from './huffman.ts';

/** Bits of an entropy-coded segment (T.81, F.2.2.5): stuffed zeros are dropped, and a marker ends it. */
export class BitReader {
  readonly #bytes: Uint8Array;
  /** The next byte. */
  #at: number;
  #buffer = 0;
  #count = 0;
  /** How many of the bits in the buffer are not of the stream, but come after its end. */
  #beyond = 0;

  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /** Where the segment ends: the marker after it. To be asked when all of it was read. */
  get end(): number {
    return this.#at;
  }

  /** The value of the next code. @throws BrokenJpeg */
  decode(table: HuffmanTable): number {
    this.#fill();
    const entry = table[(this.#buffer >>> (this.#count - 16)) & 0xffff] as number;
    if (entry === 0) throw new BrokenJpeg('has bits that no Huffman code begins with');
    this.#skip(entry >>> 8);
    return entry & 0xff;
  }

  /** The next bits, 0 to 16, as a number. @throws BrokenJpeg */
  bits(length: number): number {
    if (length === 0) return 0;
    this.#fill();
    const value = (this.#buffer >>> (this.#count - length)) & ((1 << length) - 1);
    this.#skip(length);
    return value;
  }

  /** The next bits as a signed difference (T.81, F.2.2.1: RECEIVE and EXTEND). */
  difference(length: number): number {
    if (length === 0) return 0;
    const value = this.bits(length);
    return value < 1 << (length - 1) ? value - (1 << length) + 1 : value;
  }

  /** Goes behind the restart marker that must stand here. @throws BrokenJpeg */
  restart(): void {
    this.#buffer = this.#count = this.#beyond = 0;
    const [first, marker = 0] = this.#bytes.subarray(this.#at, this.#at + 2);
    if (first !== 0xff || (marker & 0xf8) !== 0xd0)
      throw new BrokenJpeg('has no restart marker where one is due');
    this.#at += 2;
  }

  /** At least 16 bits; beyond the end of the segment they are zeros. */
  #fill(): void {
    while (this.#count < 16) {
      let byte = this.#bytes[this.#at] ?? 0xff;
      if (byte !== 0xff) this.#at++;
      else if (this.#bytes[this.#at + 1] === 0) this.#at += 2;
      else {
        byte = 0;
        this.#beyond += 8;
      }
      this.#buffer = ((this.#buffer << 8) | byte) & 0xffffff;
      this.#count += 8;
    }
  }

  #skip(length: number): void {
    this.#count -= length;
    if (this.#count < this.#beyond) throw new BrokenJpeg('ends before all pixels are there');
  }
}
