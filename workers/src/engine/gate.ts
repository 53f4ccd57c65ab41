import { unavailable } from '../problem/problem-error.ts';

/**
 * Lets one piece of work after another to the engine, whose memory has room for one at a time.
 * A bounded number waits in order; more are told to come back, instead of filling the isolate's memory.
 */
export class Gate {
  readonly #waiting: (() => void)[] = [];
  readonly #limit: number;
  #busy = false;

  /** @param limit most pieces of work that wait. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** @throws ProblemError 503 when too many wait. */
  async run<T>(work: () => T | Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(): Promise<void> {
    if (!this.#busy) {
      this.#busy = true;
      return Promise.resolve();
    }
    if (this.#waiting.length >= this.#limit) {
      throw unavailable('busy', `${this.#limit} requests wait already. Send this one again in a second.`, 1);
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The turn goes straight to the next in line, so that nobody can slip in between. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy = false;
    else next();
  }
}
