import { mkdir, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/*
 * Compiles the kernels to WebAssembly. They import the memory they work on (TensorFlow.js' own, in training), so they
 * have neither data segments nor a heap; a module must say whether that memory is shared, and whether it has relaxed
 * SIMD: hence four builds of the same source. The output depends on the source and the pinned compiler only.
 */
const here = dirname(fileURLToPath(import.meta.url));
const output = join(here, 'build');

const shared = ['--enable', 'threads', '--sharedMemory'];
const relaxed = ['--enable', 'relaxed-simd'];
const variants: readonly (readonly [name: string, flags: readonly string[]])[] = [
  ['training', []],
  ['training-relaxed', relaxed],
  ['training-shared', shared],
  ['training-shared-relaxed', [...shared, ...relaxed]],
];

async function compile(name: string, flags: readonly string[]): Promise<void> {
  const files = new Map<string, Uint8Array>();
  const { error, stderr } = await asc.main(
    [
      'assembly/training.ts',
      ...[
        '--outFile',
        'kernels.wasm',
        '--optimizeLevel',
        '3',
        '--noAssert',
        '--runtime',
        'stub',
        '--enable',
        'simd',
      ],
      ...['--importMemory', '--noExportMemory', '--initialMemory', '1', '--maximumMemory', '65536'],
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
    throw new Error(`${name} does not compile:\n${stderr.toString()}`);
  const path = join(output, `${name}.wasm`);
  await writeFile(`${path}.tmp`, wasm);
  await rename(`${path}.tmp`, path);
}

process.chdir(here);
await mkdir(output, { recursive: true });
for (const [name, flags] of variants) await compile(name, flags);
