import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { compileKernels, type Variant, variants } from './compile.ts';

const names = Object.keys(variants) as Variant[];

/** Numbers of a module's sections, in order. */
function sections(wasm: Uint8Array): number[] {
  const found: number[] = [];
  for (let at = 8; at < wasm.length; ) {
    found.push(wasm[at++] as number);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = wasm[at++] as number;
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  return found;
}

const GLOBAL = 6;
const START = 8;
const DATA = 11;

describe('the kernel library', () => {
  it('compiles to the same bytes every time, which are those that were built', async () => {
    const variant = 'training-shared-relaxed';
    const wasm = await compileKernels(variant);
    expect(wasm).toEqual(await compileKernels(variant));
    const built = await readFile(new URL(`build/${variant}.wasm`, import.meta.url));
    expect(Buffer.compare(wasm, built), 'out of date: npm run build').toBe(0);
  });

  it.each(names)('keeps nothing in the memory that it borrows (%s)', async (variant) => {
    const wasm = await readFile(new URL(`build/${variant}.wasm`, import.meta.url));
    const module = await WebAssembly.compile(wasm);
    expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
    expect(new Set(WebAssembly.Module.exports(module).map(({ kind }) => kind))).toEqual(
      new Set(['function']),
    );
    for (const section of [GLOBAL, START, DATA]) expect(sections(wasm)).not.toContain(section);
  });

  it.each(names)('works on a memory of its kind only (%s)', async (variant) => {
    const module = await WebAssembly.compile(
      await readFile(new URL(`build/${variant}.wasm`, import.meta.url)),
    );
    const shared = variant.includes('shared');
    const memory = (isShared: boolean) =>
      new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: isShared });
    expect(() => new WebAssembly.Instance(module, { env: { memory: memory(!shared) } })).toThrow(/shared/);
    const { sumMiddle } = new WebAssembly.Instance(module, { env: { memory: memory(shared) } }).exports;
    expect(sumMiddle).toBeTypeOf('function');
  });
});
