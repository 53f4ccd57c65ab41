/** Decoders that are compiled to WebAssembly. */
export type WasmCodec = 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'htj2k';

/** Brings a decoder's binary: as a module of the bundle in a Worker, from a file in Node. */
export type LoadWasm = (codec: WasmCodec) => Promise<WebAssembly.Module>;

/** What the decoders of all packages have (Emscripten's embind). */
export interface EmbindDecoder {
  /** Room for the compressed frame, in the decoder's memory. */
  getEncodedBuffer(length: number): Uint8Array;
  decode(): void;
  getFrameInfo(): { width: number; height: number; bitsPerSample: number; componentCount: number };
  /** The samples, a view of the decoder's memory: 1 byte each up to 8 bits, else 2 in little endian. */
  getDecodedBuffer(): Uint8Array;
  /** Of JPEG-LS: 0 where components come one after the other. */
  getInterleaveMode?(): number;
  delete(): void;
}

export interface EmbindModule {
  readonly HEAPU8: Uint8Array;
  readonly [decoder: string]: unknown;
}

/** The glue that Emscripten wrote for a binary. */
export type Glue = (settings: {
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): WebAssembly.Exports;
  locateFile(path: string): string;
  print(): void;
  printErr(): void;
}) => Promise<EmbindModule>;
