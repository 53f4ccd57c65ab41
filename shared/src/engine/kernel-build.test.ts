import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { chooseBuild, compileBuild, simdSupport } from './kernel-build.ts';

/** Whether a module uses relaxed SIMD: its only instruction here, f32x4.relaxed_madd. */
const isRelaxed = (bytes: BufferSource) =>
  Buffer.from(bytes as Uint8Array).includes(Buffer.of(0xfd, 0x85, 0x02));

describe('the build of the kernels', () => {
  it('is the relaxed one wherever that is valid', () => {
    expect(simdSupport()).toBe('relaxed'); // Node 22 and workerd have it
  });

  it('is the base one where relaxed SIMD is not valid', () => {
    expect(simdSupport((bytes) => !isRelaxed(bytes) && WebAssembly.validate(bytes))).toBe('base');
  });

  it('is none where vectors are not valid', () => {
    expect(simdSupport(() => false)).toBe('none');
    expect(chooseBuild({ relaxed: 1, base: 2 }, 'none')).toBeUndefined();
  });

  it('is asked for by modules that are valid, but for what they ask about', () => {
    const asked: BufferSource[] = [];
    simdSupport((bytes) => {
      asked.push(bytes);
      return false;
    });
    expect(asked.map((bytes) => WebAssembly.validate(bytes))).toEqual([true, true]);
    expect(asked.map(isRelaxed)).toEqual([true, false]);
  });

  it.each([
    ['relaxed', 'engine-relaxed.wasm'],
    ['base', 'engine.wasm'],
  ] as const)('is read from its file and compiled (%s)', async (simd, name) => {
    const files: string[] = [];
    const module = await compileBuild((file) => {
      files.push(file.pathname.split('/').at(-1) ?? '');
      return readFile(file);
    }, simd);
    expect(files).toEqual([name]);
    expect(WebAssembly.Module.exports(module as WebAssembly.Module).map((e) => e.name)).toContain('decode');
  });

  it('is not read where there is no SIMD', async () => {
    expect(await compileBuild(() => Promise.reject(new Error('read')), 'none')).toBeUndefined();
  });
});
