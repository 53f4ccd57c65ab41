import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import { loadKernels, type Simd, simdOfRuntime } from './kernel-module.ts';
import { KernelPool } from './kernel-pool.ts';
import { registerAdam } from './kernels/adam.ts';
import { registerBatchNorm } from './kernels/batch-norm.ts';
import { registerCopying } from './kernels/copying.ts';
import { registerDecoding } from './kernels/decoding.ts';
import { registerElementwise, registerMaps, registerReluGradient } from './kernels/elementwise.ts';
import { registerFusedConvolution } from './kernels/fused-convolution.ts';
import { registerMatrixProduct } from './kernels/matrix-product.ts';
import { registerNorms } from './kernels/norms.ts';
import { registerPooling } from './kernels/pooling.ts';
import { registerResizing } from './kernels/resizing.ts';
import { registerSums } from './kernels/sum.ts';
import { startTfjsModule } from './tfjs-module.ts';
import { TrainingBackend } from './training-backend.ts';

/** More threads than this only wait for each other at the sizes that are trained here. */
const MOST_THREADS = 16;

/**
 * Makes TensorFlow.js compute in WASM, with our kernels for what training spends its time on.
 * Threads end with the process, or when the backend is removed.
 *
 * @param options.threads at most as many as there are cores; 1 needs no shared memory
 * @param options.simd for tests: do with base SIMD where the runtime has more
 * @returns how it runs
 */
export async function useWasmBackend(
  options: { threads?: number; simd?: Simd } = {},
): Promise<{ threads: number; simd: Simd }> {
  const threads = Math.max(1, Math.min(options.threads ?? availableParallelism(), MOST_THREADS));
  const simd = options.simd ?? simdOfRuntime();
  const shared = threads > 1;
  const library = await loadKernels(shared, simd);
  const { module, memory } = await startTfjsModule({ shared });
  const pool = new KernelPool(library, memory, threads);
  await pool.ready();
  registerAdam();
  registerBatchNorm();
  registerCopying();
  registerDecoding();
  registerElementwise();
  registerFusedConvolution();
  registerMaps();
  registerMatrixProduct();
  registerNorms();
  registerPooling();
  registerReluGradient();
  registerResizing();
  registerSums();
  if (tf.findBackendFactory('wasm') != null) tf.removeBackend('wasm');
  tf.registerBackend('wasm', () => new TrainingBackend(module, pool));
  if (!(await tf.setBackend('wasm'))) throw new Error('TensorFlow.js does not start its WASM backend');
  return { threads, simd };
}
