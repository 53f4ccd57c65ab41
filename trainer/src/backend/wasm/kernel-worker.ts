import { workerData } from 'node:worker_threads';
import { dispatchView, spin, takeChunks, Word } from './dispatch.ts';
import { instantiateKernels } from './kernel-module.ts';

/** What {@link KernelPool} tells a kernel thread at its start. */
export interface KernelWorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly dispatch: SharedArrayBuffer;
  /** Names of the kernels, in the order of their numbers in a job. */
  readonly kernels: readonly string[];
  /** From 1; the main thread is 0. */
  readonly worker: number;
}

/*
 * A kernel thread: takes chunks of jobs for ever, and sleeps when there are none. The main thread ends it.
 */
const { module, memory, dispatch, kernels, worker } = workerData as KernelWorkerData;
const byName = instantiateKernels(module, memory);
const functions = kernels.map((name) => byName[name] as (...args: number[]) => void);
const view = dispatchView(dispatch);

for (;;) {
  const job = Atomics.load(view.words, Word.job);
  takeChunks(view, functions, worker);
  if (!spin(view.words, Word.job, job)) Atomics.wait(view.words, Word.job, job);
}
