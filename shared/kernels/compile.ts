import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const shared = ['--enable', 'threads', '--sharedMemory'];
const relaxed = ['--enable', 'relaxed-simd'];

/**
 * The builds of the kernels. They import the memory that they work on (TensorFlow.js' own, in training), so they have
 * neither data segments nor a heap; a module must say whether that memory is shared, and whether it uses relaxed SIMD:
 * hence several builds of one source. The engine's kernels serve releases; they have a memory of their own.
 */
export const variants = {
  training: [],
  'training-relaxed': relaxed,
  'training-shared': shared,
  'training-shared-relaxed': [...shared, ...relaxed],
  engine: [],
  'engine-relaxed': relaxed,
} as const satisfies Record<string, readonly string[]>;

export type Variant = keyof typeof variants;

/** Compiles one build. The bytes depend on the source and the pinned compiler only. */
export function compileKernels(variant: Variant): Promise<Uint8Array> {
  return compileSource(`assembly/${variant.split('-')[0]}.ts`, variants[variant]);
}

/** Compiles experiments, which are built for measurement only, with relaxed SIMD. */
export function compileExperiment(name: string): Promise<Uint8Array> {
  return compileSource(`experiments/${name}.ts`, relaxed);
}

/**
 * @returns a WebAssembly module
 * @throws Error with the compiler's messages
 */
async function compileSource(source: string, flags: readonly string[]): Promise<Uint8Array> {
  const files = new Map<string, Uint8Array>();
  const { error, stderr } = await asc.main(
    [
      ...[source, '--baseDir', dirname(fileURLToPath(import.meta.url))],
      ...['--outFile', 'kernels.wasm', '--optimizeLevel', '3', '--noAssert', '--runtime', 'stub'],
      ...['--enable', 'simd', '--importMemory', '--noExportMemory'],
      ...['--initialMemory', '1', '--maximumMemory', '65536'],
      ...flags,
    ],
    {
      writeFile: (path, contents) => {
        files.set(path, Buffer.from(contents));
      },
    },
  );
  const wasm = files.get('kernels.wasm');
  if (error !== null || wasm === undefined)
    throw new Error(`${source} does not compile:\n${stderr.toString()}`);
  return wasm;
}
