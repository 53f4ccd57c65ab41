import { readFile } from 'node:fs/promises';
import type { LoadWasm } from '@d-persona/shared/dicom/pixels/wasm-codec.ts';

/** Decoders' binaries from the files that `npm run build` makes. */
export const loadWasmFile: LoadWasm = async (codec) =>
  WebAssembly.compile(
    await readFile(new URL(import.meta.resolve(`@d-persona/shared/dicom-codecs/${codec}.wasm`))),
  );
