import { expect, it } from 'vitest';
import { withMemory } from './wasm-memory.ts';

/** (module (memory (export "m") <initial>)), by hand (core specification, 5.5). */
function moduleOf(...limits: number[]): Uint8Array<ArrayBuffer> {
  const memory = [5, limits.length + 1, 1, ...limits];
  return Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...memory, 7, 5, 1, 1, 0x6d, 2, 0);
}

async function memoryOf(module: Uint8Array): Promise<WebAssembly.Memory> {
  const { instance } = await WebAssembly.instantiate(new Uint8Array(module));
  return instance.exports.m as WebAssembly.Memory;
}

it('starts with as many pages as it is told, and grows to the maximum', async () => {
  const memory = await memoryOf(withMemory(moduleOf(0, 7), 2, 300));
  expect(memory.buffer.byteLength).toBe(2 * 65536);
  memory.grow(298);
  expect(() => memory.grow(1)).toThrow(RangeError);
});

it('replaces limits that take more bytes', async () => {
  const memory = await memoryOf(withMemory(moduleOf(1, 0xa0, 0x06, 0x80, 0x80, 0x02), 130, 131));
  expect(memory.buffer.byteLength).toBe(130 * 65536);
});

it('refuses a module that has no memory of its own', () => {
  expect(() => withMemory(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), 1, 2)).toThrow(RangeError);
});
