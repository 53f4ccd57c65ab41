/**
 * TensorFlow.js' SIMD binary defines its own memory, which threads of ours cannot share. One bit of the memory's
 * declaration makes it shared; nothing else in the binary cares. (Its own threaded build would do, but in Node it must
 * be tricked into starting, always starts eight workers, and would share the cores with ours.)
 *
 * @param binary a WebAssembly module that defines one memory with a maximum
 * @returns a copy whose memory is shared
 * @throws Error when the module is not of that form
 */
export function withSharedMemory(binary: Uint8Array): Uint8Array<ArrayBuffer> {
  const copy = new Uint8Array(binary);
  const flags = memoryFlagsOffset(copy);
  if (copy[flags] !== HAS_MAXIMUM) throw new Error('The memory has no maximum, or is shared already');
  copy[flags] = HAS_MAXIMUM | SHARED;
  return copy;
}

const HEADER_BYTES = 8;
const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;
const SHARED = 2;

/** Where the limits' flags of the one memory lie. */
function memoryFlagsOffset(binary: Uint8Array): number {
  let offset = HEADER_BYTES;
  while (offset < binary.length) {
    const section = binary[offset];
    const size = unsigned(binary, offset + 1);
    if (section === MEMORY_SECTION) {
      const count = unsigned(binary, size.next);
      if (count.value === 1) return count.next;
      break;
    }
    offset = size.next + size.value;
  }
  throw new Error('The module does not define one memory');
}

/** LEB128. */
function unsigned(bytes: Uint8Array, offset: number): { value: number; next: number } {
  let value = 0;
  for (let shift = 0, next = offset; ; shift += 7) {
    const byte = bytes[next++];
    if (byte === undefined) throw new Error('The module ends within a number');
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return { value: value >>> 0, next };
  }
}
