import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import wasmFactory from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import simd from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm';
import * as tf from '@tensorflow/tfjs-core';

/**
 * TensorFlow.js' WASM backend (SIMD, one thread) in workerd, which refuses to compile WASM from bytes at run time and
 * so cannot use the package's own loader: the binary comes as a module of the bundle and is instantiated here.
 */
async function createBackend(): Promise<BackendWasm> {
  const module = await wasmFactory({
    locateFile: (path) => path,
    instantiateWasm(imports, done) {
      const instance = new WebAssembly.Instance(simd, imports);
      done(instance, simd);
      return instance.exports;
    },
  });
  module.tfjs = {
    // What the package's own init() attaches.
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
  return new BackendWasm(module);
}

/** Makes it the backend of this isolate. */
export async function startBackend(): Promise<void> {
  tf.removeBackend('wasm'); // the one the package registers by being imported
  tf.registerBackend('wasm', createBackend, 2);
  if (!(await tf.setBackend('wasm'))) throw new Error('The WASM backend did not start');
}
