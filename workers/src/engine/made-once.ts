import { LATE, waitFor } from './wait-for.ts';

/** How long a request lets another make what both need, before it makes it itself. */
const PATIENCE_MS = 3000;

/**
 * What all requests share, made by whoever asks first. A request that is cancelled while it makes it leaves the others
 * waiting for a promise that never settles; so they wait for a while, then make it themselves, and the first that is
 * done is taken. What failed is forgotten: the next one tries again.
 */
export class MadeOnce<T> {
  readonly #discard: (superfluous: T) => void;
  readonly #patienceMs: number;
  #made: { readonly value: T } | undefined;
  #making: Promise<T> | undefined;

  /** @param discard takes what was made twice */
  constructor(discard: (superfluous: T) => void = () => undefined, patienceMs = PATIENCE_MS) {
    this.#discard = discard;
    this.#patienceMs = patienceMs;
  }

  /** Once it is made. */
  get value(): T | undefined {
    return this.#made?.value;
  }

  async get(make: () => Promise<T>): Promise<T> {
    if (this.#made === undefined && this.#making !== undefined) {
      const theirs = await waitFor(this.#making, this.#patienceMs);
      if (theirs !== LATE) return theirs;
    }
    if (this.#made !== undefined) return this.#made.value;
    const making = this.#keep(make);
    this.#making = making;
    try {
      return await making;
    } finally {
      if (this.#making === making) this.#making = undefined;
    }
  }

  async #keep(make: () => Promise<T>): Promise<T> {
    const value = await make();
    if (this.#made === undefined) this.#made = { value };
    else this.#discard(value);
    return this.#made.value;
  }
}
