import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withMemory } from './wasm-memory.ts';

/*
 * Takes the decoders' WebAssembly out of their packages and lowers the memory that each asks for at its start: 50 MiB
 * as published, of the 128 MiB that a Worker's isolate has, where a frame of 512 × 512 needs less than 8. They grow
 * when they need more, up to the maximum written here.
 */
const DECODERS = {
  jpeg: '@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasm',
  'jpeg-ls': '@cornerstonejs/codec-charls/decodewasm',
  'jpeg-2000': '@cornerstonejs/codec-openjpeg/decodewasm',
  htj2k: '@cornerstonejs/codec-openjph/wasm',
};

const PAGES_AT_START = 16; // of 64 KiB: their data and stack end before 3
const MOST_PAGES = 1536;

const output = join(dirname(fileURLToPath(import.meta.url)), 'build');
const { resolve } = createRequire(import.meta.url);

await mkdir(output, { recursive: true });
for (const [name, specifier] of Object.entries(DECODERS)) {
  const wasm = withMemory(await readFile(resolve(specifier)), PAGES_AT_START, MOST_PAGES);
  const path = join(output, `${name}.wasm`);
  await writeFile(`${path}.tmp`, wasm);
  await rename(`${path}.tmp`, path);
}
