import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadKernels } from './kernel-module.ts';
import { KernelPool } from './kernel-pool.ts';

const BASE = 4096;

describe.each([1, 2, 4])('a pool of %i threads', (threads) => {
  const memory = new WebAssembly.Memory({ initial: 64, maximum: 65536, shared: true });
  const floats = new Float32Array(memory.buffer);
  let pool: KernelPool;
  beforeAll(async () => {
    pool = new KernelPool(await loadKernels(true, 'base'), memory, threads);
    await pool.ready();
  });
  afterAll(() => pool.stop());

  it('does every item of a job once, whatever the chunk', () => {
    for (const [items, chunk] of [
      [1000, 7],
      [1000, 1000],
      [3, 1],
      [1, 5],
      [5000, 1],
    ] as const) {
      floats.fill(1);
      // out = x + out where both are the same memory: an item done twice would be 4.
      pool.run('combineRows', items, chunk, 0, BASE, BASE, BASE, 1, 1);
      const done = floats.subarray(BASE / 4, BASE / 4 + items);
      expect(done.every((value) => value === 2)).toBe(true);
      expect(floats[BASE / 4 + items]).toBe(1);
    }
  });

  it('does many jobs in a row without losing one', () => {
    floats.fill(0);
    for (let job = 1; job <= 2000; job++) {
      pool.run('mapFloats', 64, 4, 0, BASE, BASE + 1024);
      floats.fill(job, BASE / 4, BASE / 4 + 64);
      pool.run('mapFloats', 64, 4, 0, BASE, BASE + 1024);
      expect(floats[(BASE + 1024) / 4 + (job % 64)]).toBe(job);
    }
  });

  it('tells when a kernel fails, and goes on', () => {
    const outside = 0xfffffff0;
    expect(() => pool.run('mapFloats', 64, 4, 0, outside, BASE)).toThrow();
    floats.fill(3);
    pool.run('mapFloats', 64, 4, 0, BASE, BASE + 1024);
    expect(floats[(BASE + 1024) / 4]).toBe(3);
  });

  it('has no kernel of another name', () => {
    expect(() => pool.run('nothing', 1, 1)).toThrow(/nothing/);
  });
});

describe('threads', () => {
  it('do not keep a process alive', async () => {
    const program = `
      import { useWasmBackend } from ${JSON.stringify(new URL('./wasm-backend.ts', import.meta.url).href)};
      const { threads } = await useWasmBackend({ threads: 3 });
      console.log(threads);`;
    const { stdout, exitCode } = await execa({
      timeout: 60_000,
    })(process.execPath, ['--input-type=module', '--eval', program]);
    expect({ stdout, exitCode }).toEqual({ stdout: '3', exitCode: 0 });
  });
});
