import { readFile } from 'node:fs/promises';
import type { LoadWasm } from './wasm-codec.ts';

/** Decoders' binaries from the files that `npm run build` makes: for Node, where a Worker has them as modules. */
export const loadWasmFile: LoadWasm = async (codec) =>
  WebAssembly.compile(await readFile(new URL(`../../../dicom-codecs/build/${codec}.wasm`, import.meta.url)));
