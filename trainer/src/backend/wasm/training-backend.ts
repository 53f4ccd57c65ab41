import { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type * as tf from '@tensorflow/tfjs-core';
import type { KernelPool } from './kernel-pool.ts';
import { Scratch } from './scratch.ts';
import type { TfjsModule } from './tfjs-module.ts';

/** TensorFlow.js' WASM backend with kernels of ours on the same memory. */
export class TrainingBackend extends BackendWasm {
  readonly kernels: KernelPool;
  readonly scratch: Scratch;

  constructor(module: TfjsModule, kernels: KernelPool) {
    super(module as unknown as ConstructorParameters<typeof BackendWasm>[0]);
    this.kernels = kernels;
    this.scratch = new Scratch(module);
  }

  /** Where a float32 tensor's elements lie; 0 for no tensor. */
  address(tensor: tf.TensorInfo | undefined): number {
    if (tensor === undefined) return 0;
    if (tensor.dtype !== 'float32') throw new Error(`A kernel for float32 was given ${tensor.dtype}`);
    return this.dataIdMap.get(tensor.dataId).memoryOffset;
  }

  /** A view of memory as unsigned words, valid until something is allocated. */
  words(address: number, count: number): Uint32Array {
    return new Uint32Array(
      (this.wasm as unknown as { HEAPU8: Uint8Array<ArrayBuffer> }).HEAPU8.buffer,
      address,
      count,
    );
  }

  override dispose(): void {
    this.kernels.stop();
    super.dispose();
  }
}
