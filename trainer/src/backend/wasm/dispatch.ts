/*
 * How the main thread hands work to kernel threads, in a small shared buffer of its own:
 * 32-bit words, then the kernel's arguments as 64-bit floats.
 *
 * A job is `left` chunks of items. Whoever takes a chunk decrements `left` first: a positive result is that thread's
 * chunk, and the job's description cannot change before the chunk is done, because the main thread waits until
 * `unfinished` is 0. So a thread that wakes late does no harm.
 */
export const Word = {
  /** Counts jobs; idle threads wait for it to change. */
  job: 0,
  left: 1,
  unfinished: 2,
  failed: 3,
  kernel: 4,
  argumentCount: 5,
  items: 6,
  chunk: 7,
} as const;

const WORDS = 16;
const ARGUMENTS = 32;

export interface Dispatch {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly arguments: Float64Array<SharedArrayBuffer>;
}

export function newDispatchBuffer(): SharedArrayBuffer {
  return new SharedArrayBuffer(
    WORDS * Int32Array.BYTES_PER_ELEMENT + ARGUMENTS * Float64Array.BYTES_PER_ELEMENT,
  );
}

export function dispatchView(buffer: SharedArrayBuffer): Dispatch {
  return {
    words: new Int32Array(buffer, 0, WORDS),
    arguments: new Float64Array(buffer, WORDS * Int32Array.BYTES_PER_ELEMENT, ARGUMENTS),
  };
}

/** About a microsecond: where cores are shared with others, longer ones cost more than waking up does. */
const SPINS = 1000;

/** Looks at a word for a short while before giving the core away. @returns whether it changed from `value` */
export function spin(words: Int32Array<SharedArrayBuffer>, word: number, value: number): boolean {
  for (let i = 0; i < SPINS; i++) if (Atomics.load(words, word) !== value) return true;
  return false;
}

/** Takes chunks of the current job until none is left. @param worker the thread's index, 0 for the main thread */
export function takeChunks(
  { words, arguments: values }: Dispatch,
  kernels: readonly ((...args: number[]) => void)[],
  worker: number,
): void {
  for (let left = Atomics.sub(words, Word.left, 1); left > 0; left = Atomics.sub(words, Word.left, 1)) {
    try {
      const kernel = kernels[words[Word.kernel] as number] as (...args: number[]) => void;
      const args = Array.from(values.subarray(0, words[Word.argumentCount] as number));
      const items = words[Word.items] as number;
      const chunk = words[Word.chunk] as number;
      const begin = (left - 1) * chunk;
      kernel(...args, begin, Math.min(items, begin + chunk), worker);
    } catch {
      Atomics.store(words, Word.failed, 1);
    }
    if (Atomics.sub(words, Word.unfinished, 1) === 1) Atomics.notify(words, Word.unfinished);
  }
}
