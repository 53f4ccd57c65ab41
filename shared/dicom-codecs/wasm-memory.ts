const HEADER = 8;
const MEMORY_SECTION = 5;
const HAS_MAXIMUM = 1;

/**
 * A WebAssembly module with another size of its one memory, in pages of 64 KiB (core specification, 5.5.8): everything
 * else stays byte for byte.
 *
 * @throws RangeError for a module that does not define exactly one memory of its own.
 */
export function withMemory(module: Uint8Array, initial: number, maximum: number): Uint8Array {
  let at = HEADER;
  while (at < module.length) {
    const size = readUnsigned(module, at + 1);
    const end = size.end + size.value;
    if (module[at] === MEMORY_SECTION) {
      if (module[size.end] !== 1) throw new RangeError('the module has not one memory');
      const limits = [1, HAS_MAXIMUM, ...unsigned(initial), ...unsigned(maximum)];
      const section = [MEMORY_SECTION, ...unsigned(limits.length), ...limits];
      return joined([module.subarray(0, at), Uint8Array.from(section), module.subarray(end)]);
    }
    at = end;
  }
  throw new RangeError('the module has no memory section');
}

/** LEB128, unsigned. */
function readUnsigned(bytes: Uint8Array, at: number): { value: number; end: number } {
  let value = 0;
  let end = at;
  for (let shift = 1; ; shift *= 128) {
    const byte = bytes[end++] ?? 0;
    value += (byte & 0x7f) * shift;
    if (byte < 0x80) return { value, end };
  }
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
