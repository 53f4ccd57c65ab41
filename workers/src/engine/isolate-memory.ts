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

  /**
   * Counts what a request takes while it does its work.
   *
   * @param own bytes that it holds already: its body, its release
   */
  async during<T>(own: number, work: (taking: Work) => Promise<T>): Promise<T> {
    const taking = new Work(this, own, (bytes) => {
      this.#working += bytes;
    });
    try {
      return await work(taking);
    } finally {
      taking.end();
    }
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

  /**
   * Takes so many bytes, until they are given back or the work ends.
   *
   * @returns gives them back
   * @throws ProblemError 413, 503
   */
  take(bytes: number, what: string): () => void {
    this.makeRoom(bytes, what);
    this.#add(bytes);
    let left = bytes;
    return () => {
      this.#add(-left);
      left = 0;
    };
  }

  /** Has so many bytes ready for what takes them at once, and counts them itself if it keeps them. @throws ProblemError 413, 503 */
  makeRoom(bytes: number, what: string): void {
    this.#memory.makeRoom(bytes, this.#own + this.#taken, what);
  }

  /** Counts what is taken for a part of the work, until that is done. */
  part<T>(work: (taking: Work) => Promise<T>): Promise<T> {
    return this.#memory.during(this.#own + this.#taken, work);
  }

  /** Nothing may be taken or given back any more. */
  end(): void {
    this.#add(-this.#taken);
  }

  #add(bytes: number): void {
    this.#taken += bytes;
    this.#count(bytes);
  }
}

function inMB(bytes: number): number {
  return Math.ceil(bytes / 1e6);
}
