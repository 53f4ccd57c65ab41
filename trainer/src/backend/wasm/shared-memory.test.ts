import { describe, expect, it } from 'vitest';
import { withSharedMemory } from './shared-memory.ts';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A module with this memory section, exported as `m`. */
const module = (...memory: number[]) =>
  Uint8Array.from([...HEADER, 5, memory.length, ...memory, 7, 5, 1, 1, 0x6d, 2, 0]);

describe('withSharedMemory', () => {
  it('makes the memory that a module defines shared, and leaves the original alone', async () => {
    const binary = module(1, 1, 2, 0x80, 0x08);
    const { instance } = (await WebAssembly.instantiate(withSharedMemory(binary))) as unknown as {
      instance: WebAssembly.Instance;
    };
    const memory = instance.exports.m as WebAssembly.Memory;
    expect(memory.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(memory.buffer.byteLength).toBe(2 * 65536);
    expect(binary[11]).toBe(1);
  });

  it('refuses a memory without a maximum, which cannot be shared', () => {
    expect(() => withSharedMemory(module(1, 0, 2))).toThrow(/maximum/);
  });

  it('refuses a memory that is shared already', () => {
    expect(() => withSharedMemory(module(1, 3, 2, 4))).toThrow(/shared already/);
  });

  it('refuses a module without a memory', () => {
    expect(() => withSharedMemory(Uint8Array.from([...HEADER, 1, 1, 0]))).toThrow(/one memory/);
  });

  it('refuses a module that ends too early', () => {
    expect(() => withSharedMemory(Uint8Array.from([...HEADER, 1, 0x80]))).toThrow(/ends/);
  });
});
