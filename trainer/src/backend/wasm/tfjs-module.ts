import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { withSharedMemory } from './shared-memory.ts';

/** What we use of the Emscripten module that TensorFlow.js' WASM backend wraps. */
export interface TfjsModule {
  _malloc(bytes: number): number;
  _free(address: number): void;
  cwrap(name: string, result: string | null, parameters: readonly string[]): (...args: number[]) => number;
  tfjs?: Record<string, (...args: number[]) => number>;
}

type Factory = (config: {
  locateFile(path: string): string;
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): WebAssembly.Exports;
}) => Promise<TfjsModule>;

const require = createRequire(import.meta.url);
const folder = '@tensorflow/tfjs-backend-wasm/wasm-out';

/**
 * Starts TensorFlow.js' own WASM code (SIMD, one thread), as its package's `init` would, and keeps hold of its memory.
 *
 * @param options.shared make the memory shareable between threads
 */
export async function startTfjsModule(options: {
  shared: boolean;
}): Promise<{ module: TfjsModule; memory: WebAssembly.Memory }> {
  const binary = await readFile(require.resolve(`${folder}/tfjs-backend-wasm-simd.wasm`));
  const compiled = await WebAssembly.compile(
    options.shared ? withSharedMemory(binary) : new Uint8Array(binary),
  );
  const factory = require(`${folder}/tfjs-backend-wasm.js`) as Factory;
  let memory: WebAssembly.Memory | undefined;
  const restoreListeners = rememberListeners();
  const module = await factory({
    locateFile: (path) => path,
    instantiateWasm: (imports, done) => {
      const instance = new WebAssembly.Instance(compiled, imports);
      memory = instance.exports.memory as WebAssembly.Memory;
      done(instance, compiled);
      return instance.exports;
    },
  });
  restoreListeners();
  if (memory === undefined) throw new Error('TensorFlow.js did not instantiate its WASM module');
  failWhenFull(module);
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
  return { module, memory };
}

/** TensorFlow.js does not check what `malloc` returns: at 4 GiB, tensors would be written to address 0. */
function failWhenFull(module: TfjsModule): void {
  const allocate = module._malloc;
  module._malloc = (bytes) => {
    const address = allocate(bytes);
    if (address === 0 && bytes > 0) {
      throw new Error(`The WASM heap has no ${bytes} bytes left: use a smaller batch or image size`);
    }
    return address;
  };
}

/**
 * Emscripten's code listens for uncaught errors and throws them again from inside its one line of half a megabyte,
 * which Node then prints. @returns a function that removes what was added since
 */
function rememberListeners(): () => void {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => process.listeners(event as 'uncaughtException'));
  return () => {
    for (const [i, event] of events.entries()) {
      for (const listener of process.listeners(event as 'uncaughtException')) {
        if (!before[i]?.includes(listener)) process.removeListener(event, listener);
      }
    }
  };
}
