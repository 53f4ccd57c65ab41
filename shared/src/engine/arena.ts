/** Memory that some steps of a plan need: `first` writes it, `last` is the last to read or write it. */
export interface Buffer {
  readonly bytes: number;
  readonly first: number;
  last: number;
  /** Where it lies in the arena, in bytes: set by {@link placeBuffers}. */
  address: number;
}

/** Buffers begin on cache lines. */
const LINE = 64;

/**
 * Places buffers so that no two of them that live at the same step overlap: the largest first, each as low as it fits.
 *
 * @returns bytes of the arena
 */
export function placeBuffers(buffers: readonly Buffer[]): number {
  const placed: Buffer[] = [];
  let size = 0;
  for (const buffer of [...buffers].sort((a, b) => b.bytes - a.bytes)) {
    const alive = placed.filter(({ first, last }) => first <= buffer.last && buffer.first <= last);
    buffer.address = lowestGap(alive, buffer.bytes);
    placed.push(buffer);
    size = Math.max(size, endOf(buffer));
  }
  return size;
}

function endOf({ address, bytes }: Buffer): number {
  return Math.ceil((address + bytes) / LINE) * LINE;
}

function lowestGap(alive: readonly Buffer[], bytes: number): number {
  let address = 0;
  for (const other of [...alive].sort((a, b) => a.address - b.address)) {
    if (address + bytes <= other.address) break;
    address = Math.max(address, endOf(other));
  }
  return address;
}
