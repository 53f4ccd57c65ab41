declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

/** Emscripten's glue of the not threaded build; the SIMD binary has the same imports and exports. */
declare module '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js' {
  import type { BackendWasmModule } from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.d.ts';

  interface Linked extends BackendWasmModule {
    /** A function of the binary by its name. */
    cwrap<F>(name: string, returns: 'number' | null, takes: 'number'[]): F;
  }

  export default function wasmFactory(settings: {
    locateFile(path: string): string;
    instantiateWasm(
      imports: WebAssembly.Imports,
      done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
    ): WebAssembly.Exports;
  }): Promise<Linked>;
}
