import { Worker } from 'node:worker_threads';
import { type Dispatch, dispatchView, newDispatchBuffer, spin, takeChunks, Word } from './dispatch.ts';
import { instantiateKernels, type Kernel } from './kernel-module.ts';
import type { KernelWorkerData } from './kernel-worker.ts';

/**
 * Runs kernels on the main thread and a few threads beside it, all on one shared memory.
 * With one thread there are no others, and the memory need not be shared.
 */
export class KernelPool {
  readonly threads: number;
  readonly #kernels: Readonly<Record<string, Kernel>>;
  readonly #numbers = new Map<string, number>();
  readonly #functions: readonly Kernel[];
  readonly #dispatch: Dispatch;
  readonly #workers: readonly Worker[];

  /** @param threads including the main thread */
  constructor(module: WebAssembly.Module, memory: WebAssembly.Memory, threads: number) {
    this.threads = threads;
    this.#kernels = instantiateKernels(module, memory);
    const names = Object.keys(this.#kernels);
    for (const [number, name] of names.entries()) this.#numbers.set(name, number);
    this.#functions = Object.values(this.#kernels);
    const buffer = newDispatchBuffer();
    this.#dispatch = dispatchView(buffer);
    this.#workers = Array.from({ length: threads - 1 }, (_, i) => {
      const workerData: KernelWorkerData = {
        module,
        memory,
        dispatch: buffer,
        kernels: names,
        worker: i + 1,
      };
      return new Worker(new URL('./kernel-worker.ts', import.meta.url), { workerData });
    });
  }

  /** Resolves when every thread runs; from then on, threads do not keep the process alive. */
  async ready(): Promise<void> {
    await Promise.all(
      this.#workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.once('online', () => {
              worker.unref();
              resolve();
            });
            worker.once('error', reject);
          }),
      ),
    );
  }

  /** Runs a kernel that is not divided. */
  call(name: string, ...args: number[]): void {
    this.#kernel(name)(...args);
  }

  /**
   * Runs a kernel on `items` items, which the threads take `chunk` at a time: the kernel's last three parameters are
   * the first item, the one after the last, and the index of the thread.
   */
  run(name: string, items: number, chunk: number, ...args: number[]): void {
    const chunks = Math.ceil(items / chunk);
    if (this.#workers.length === 0 || chunks <= 1) {
      const kernel = this.#kernel(name);
      for (let begin = 0; begin < items; begin += chunk) {
        kernel(...args, begin, Math.min(items, begin + chunk), 0);
      }
      return;
    }
    const { words, arguments: values } = this.#dispatch;
    values.set(args);
    words[Word.kernel] = this.#numbers.get(name) as number;
    words[Word.argumentCount] = args.length;
    words[Word.items] = items;
    words[Word.chunk] = chunk;
    Atomics.store(words, Word.unfinished, chunks);
    Atomics.store(words, Word.left, chunks);
    Atomics.add(words, Word.job, 1);
    Atomics.notify(words, Word.job);
    takeChunks(this.#dispatch, this.#functions, 0);
    for (let n = Atomics.load(words, Word.unfinished); n > 0; n = Atomics.load(words, Word.unfinished)) {
      if (!spin(words, Word.unfinished, n)) Atomics.wait(words, Word.unfinished, n);
    }
    if (Atomics.exchange(words, Word.failed, 0) !== 0) throw new Error(`The kernel ${name} failed`);
  }

  /** Ends the threads. */
  stop(): void {
    for (const worker of this.#workers) void worker.terminate();
  }

  #kernel(name: string): Kernel {
    const kernel = this.#kernels[name];
    if (kernel === undefined) throw new Error(`No kernel is named ${name}`);
    return kernel;
  }
}
