import { ProblemError, unavailable } from '../problem/problem-error.ts';

/** Something that holds bytes of the isolate's memory. */
export interface Holder {
  readonly bytes: number;
  /** Gives back what was least recently used and nobody needs now. @returns whether there was anything */
  shed?(): boolean;
}

/**
 * The one account of what an isolate's memory is spent on: cores and heads, arenas, cases, bodies, and what requests
 * are working on. JavaScript and WebAssembly together have 128 MB, and a Worker that goes beyond is ended with all its
 * requests; so what does not fit is not begun.
 */
export class IsolateMemory {
  readonly #limit: number;
  readonly #holders: readonly Holder[];
  #working = 0;

  /** @param holders in the order in which they give back */
  constructor(limit: number, holders: readonly Holder[]) {
    this.#limit = limit;
    this.#holders = holders;
  }

  /** Bytes of everything. */
  get bytes(): number {
    return this.#holders.reduce((sum, { bytes }) => sum + bytes, this.#working);
  }

  /**
   * Has holders give back until so many bytes are free.
   *
   * @param own what the request that needs them holds itself
   * @param what needs them, to tell the caller
   * @throws ProblemError 413 for more than there could be if no other request were there, else 503
   */
  makeRoom(bytes: number, own: number, what: string): void {
    for (const holder of this.#holders) {
      while (this.bytes + bytes > this.#limit && holder.shed?.() === true);
    }
    if (this.bytes + bytes <= this.#limit) return;
    if (own + bytes > this.#limit) {
      throw new ProblemError(
        'too-large',
        `${what} needs ${inMB(own + bytes)} MB of memory, where this server has ${inMB(this.#limit)}. Send a smaller image, or ask for less of it.`,
      );
    }
    throw unavailable('busy', 'Other requests take up the memory. Send this one again in a second.', 1);
  }

  /** The work of a request. @param own bytes that it holds already: its body, its release */
  work(own: number): Work {
    return new Work(this, own, (bytes) => {
      this.#working += bytes;
    });
  }
}

/** What one request takes of the memory beside its body. */
export class Work {
  readonly #memory: IsolateMemory;
  readonly #own: number;
  readonly #count: (bytes: number) => void;
  #taken = 0;

  constructor(memory: IsolateMemory, own: number, count: (bytes: number) => void) {
    this.#memory = memory;
    this.#own = own;
    this.#count = count;
  }

  /** Takes so many bytes until {@link end}. @throws ProblemError 413, 503 */
  take(bytes: number, what: string): void {
    this.#memory.makeRoom(bytes, this.#own + this.#taken, what);
    this.#taken += bytes;
    this.#count(bytes);
  }

  /** Takes so many bytes for as long as something is done. @throws ProblemError 413, 503 */
  async during<T>(bytes: number, what: string, work: () => T | Promise<T>): Promise<T> {
    this.take(bytes, what);
    try {
      return await work();
    } finally {
      this.#taken -= bytes;
      this.#count(-bytes);
    }
  }

  end(): void {
    this.#count(-this.#taken);
    this.#taken = 0;
  }
}

function inMB(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
