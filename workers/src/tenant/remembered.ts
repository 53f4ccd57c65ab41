import { StoreUnavailable } from '../store/store-unavailable.ts';

interface Answer<T> {
  readonly value: T;
  readonly until: number;
}

/**
 * What a source that may fail said last, for when it fails: it is asked each time, so that what it takes back ends at
 * once, and only while it does not answer is its last answer believed, for a while. Bounded: the least recently asked
 * for goes first.
 */
export class Remembered<T> {
  readonly #answers = new Map<string, Answer<T>>(); // in order of use
  readonly #lifetimeMs: number;
  readonly #max: number;
  readonly #now: () => number;

  constructor(limits: { lifetimeMs: number; max: number }, now: () => number) {
    this.#lifetimeMs = limits.lifetimeMs;
    this.#max = limits.max;
    this.#now = now;
  }

  /** @throws StoreUnavailable where the source does not answer and nothing is remembered. */
  async get(key: string, ask: () => Promise<T | null>): Promise<T | null> {
    try {
      const value = await ask();
      this.#answers.delete(key);
      if (value !== null) this.#keep(key, value);
      return value;
    } catch (error) {
      const known = this.#answers.get(key);
      if (!(error instanceof StoreUnavailable) || known === undefined || known.until <= this.#now())
        throw error;
      return known.value;
    }
  }

  #keep(key: string, value: T): void {
    this.#answers.set(key, { value, until: this.#now() + this.#lifetimeMs });
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#max) return;
      this.#answers.delete(oldest);
    }
  }
}
