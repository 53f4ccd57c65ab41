import type { LoadWasm, WasmCodec } from '@d-persona/shared/dicom/pixels/wasm-codec.ts';

/** Decoders' binaries as modules of the bundle; workerd compiles one when it is first asked for. */
const BINARIES: Readonly<Record<WasmCodec, () => Promise<{ default: WebAssembly.Module }>>> = {
  jpeg: () => import('@d-persona/shared/dicom-codecs/jpeg.wasm'),
  'jpeg-ls': () => import('@d-persona/shared/dicom-codecs/jpeg-ls.wasm'),
  'jpeg-2000': () => import('@d-persona/shared/dicom-codecs/jpeg-2000.wasm'),
  htj2k: () => import('@d-persona/shared/dicom-codecs/htj2k.wasm'),
};

export const loadWasm: LoadWasm = async (codec) => (await BINARIES[codec]()).default;
