import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

/** A kernel: addresses and numbers, then the range of items and the worker's index where it is divisible. */
export type Kernel = (...args: number[]) => void;

export type Simd = 'base' | 'relaxed';

const require = createRequire(import.meta.url);

/** A module with one function, of one relaxed instruction (`i8x16.relaxed_swizzle`). */
const relaxedProbe = Uint8Array.from([
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7b, 3, 2, 1, 0, 10, 15, 1, 13, 0],
  ...[0x41, 1, 0xfd, 0x0f, 0x41, 2, 0xfd, 0x0f, 0xfd, 0x80, 0x02, 0x0b],
]);

/** Whether this runtime has relaxed SIMD, and so fused multiply-add. */
export function simdOfRuntime(): Simd {
  return WebAssembly.validate(relaxedProbe) ? 'relaxed' : 'base';
}

/**
 * The compiled kernel library.
 *
 * @param shared whether the memory that it will work on is shared
 * @throws Error when it has not been built
 */
export async function loadKernels(shared: boolean, simd: Simd): Promise<WebAssembly.Module> {
  const name = `training${shared ? '-shared' : ''}${simd === 'relaxed' ? '-relaxed' : ''}`;
  let path: string;
  try {
    path = require.resolve(`@d-persona/shared/kernels/${name}.wasm`);
  } catch (cause) {
    throw new Error(`The WASM kernels (${name}.wasm) have not been built: run \`npm run build\``, { cause });
  }
  return WebAssembly.compile(await readFile(path));
}

/** The kernels of a module by name, working on that memory. */
export function instantiateKernels(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
): Readonly<Record<string, Kernel>> {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as Record<string, Kernel>;
}
