import * as ort from 'onnxruntime-web/wasm';
import binary from '../../node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm';
import type { Runtime } from './ort-peer.ts';

let memory: WebAssembly.Memory | undefined;

/**
 * ONNX Runtime for the web (WASM SIMD, one thread). workerd does not compile WebAssembly from bytes at run time, so
 * what asks for that gets the module of the bundle.
 */
export function ortWeb(): Runtime {
  const instantiate = async (_: unknown, imports: WebAssembly.Imports) => {
    const instance = new WebAssembly.Instance(binary, imports);
    const found = [
      ...Object.values(imports).flatMap((part) => Object.values(part)),
      ...Object.values(instance.exports),
    ];
    memory = found.find((value) => value instanceof WebAssembly.Memory) as WebAssembly.Memory | undefined;
    return { instance, module: binary };
  };
  Object.assign(WebAssembly, { instantiate });
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = new ArrayBuffer(8);
  return {
    Tensor: ort.Tensor,
    session: (model) =>
      ort.InferenceSession.create(model, { executionProviders: ['wasm'], graphOptimizationLevel: 'all' }),
    memoryBytes: () => memory?.buffer.byteLength ?? 0,
  };
}
