/** The allocator of the heap that scratch memory comes from. */
export interface Heap {
  _malloc(bytes: number): number;
  _free(address: number): void;
}

/** Bytes. */
export const CACHE_LINE = 64;

/** One block of memory that kernels use while they run, and leave behind for the next. It only grows. */
export class Scratch {
  readonly #heap: Heap;
  #address = 0;
  #bytes = 0;

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  /**
   * Room for parts of these sizes, valid until the next call.
   * @returns the address of each part, aligned to cache lines
   */
  reserve<const Sizes extends readonly number[]>(...sizes: Sizes): { [Part in keyof Sizes]: number } {
    const bytes = sizes.reduce((sum, size) => sum + aligned(size), CACHE_LINE);
    if (bytes > this.#bytes) {
      if (this.#bytes > 0) this.#heap._free(this.#address);
      this.#bytes = 0;
      this.#address = this.#heap._malloc(bytes) >>> 0;
      this.#bytes = bytes;
    }
    let next = aligned(this.#address);
    return sizes.map((size) => {
      const part = next;
      next += aligned(size);
      return part;
    }) as { [Part in keyof Sizes]: number };
  }
}

/** Bytes rounded up to whole cache lines, so that threads do not share one. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / CACHE_LINE) * CACHE_LINE;
}
