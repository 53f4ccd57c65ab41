import { InputError } from '@d-persona/shared/errors.ts';
import * as tf from '@tensorflow/tfjs-core';
import { z } from 'zod';
import './gradients.ts';
import { useTensorflowKernels } from './tensorflow/use-tensorflow-kernels.ts';

/** What can train: CUDA, TensorFlow on the CPU, the npm-only WASM, and plain JavaScript for checking the others. */
export const backendSchema = z.enum(['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu']);
export type BackendName = z.infer<typeof backendSchema>;

/** The backend that runs, with what a log should say of it. */
export interface Backend {
  readonly name: BackendName;
  readonly description: string;
}

/** Loads TensorFlow's native binding. @throws where the package or its library is absent */
async function loadNative(gpu: boolean): Promise<{ isUsingGpuDevice: boolean; version: string }> {
  // Through a variable: both packages are optional, so that the compiler must not look for them.
  const name: string = gpu ? '@tensorflow/tfjs-node-gpu' : '@tensorflow/tfjs-node';
  await import(name);
  useTensorflowKernels();
  await tf.setBackend('tensorflow');
  const backend = tf.backend() as unknown as { isUsingGpuDevice: boolean; binding: { TF_Version: string } };
  return { isUsingGpuDevice: backend.isUsingGpuDevice, version: backend.binding.TF_Version };
}

const starters: Readonly<Record<BackendName, (threads?: number) => Promise<string>>> = {
  async 'tfjs-node-gpu'() {
    const { isUsingGpuDevice, version } = await loadNative(true);
    // A GPU that is silently unused is paid for: that is an error, not a slow success.
    if (!isUsingGpuDevice) throw new Error('TensorFlow sees no GPU');
    return `TensorFlow ${version} on the GPU`;
  },
  async 'tfjs-node'() {
    const { version } = await loadNative(false);
    return `TensorFlow ${version} on the CPU`;
  },
  async wasm(requested) {
    const { useWasmBackend } = await import('./wasm/wasm-backend.ts');
    const { threads, simd } = await useWasmBackend(requested === undefined ? {} : { threads: requested });
    return `WASM with ${threads} thread${threads === 1 ? '' : 's'}, ${simd} SIMD`;
  },
  async cpu() {
    await import('./cpu-backend.ts');
    await tf.setBackend('cpu');
    return 'plain JavaScript (hundreds of times slower than WASM)';
  },
};

/** Tried in this order where none is forced: our WASM kernels outran TensorFlow on the CPU (docs/training.md). */
const AUTOMATIC: readonly BackendName[] = ['tfjs-node-gpu', 'wasm', 'tfjs-node'];

/**
 * Starts the fastest backend that this machine has, or the one that is forced.
 *
 * @param threads of the WASM backend; absent: as many as there are cores
 * @throws InputError when the forced backend is not to be had
 */
export async function chooseBackend(forced?: BackendName, threads?: number): Promise<Backend> {
  const failures: string[] = [];
  for (const name of forced === undefined ? AUTOMATIC : [forced]) {
    try {
      const description = await starters[name](threads);
      await tf.ready();
      return { name, description };
    } catch (error) {
      failures.push(`${name}: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new InputError({
    code: 'no-backend',
    input: forced === undefined ? 'backend' : `--backend ${forced}`,
    problem: `cannot be started (${failures.join('; ')})`,
    remedy:
      forced === undefined
        ? 'Run npm ci again'
        : `Leave --backend out, or choose one of ${AUTOMATIC.join(', ')}`,
  });
}
