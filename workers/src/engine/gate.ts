import { unavailable } from '../problem/problem-error.ts';

/**
 * Lets one piece of work after another to the engine, whose memory has room for one at a time.
 * A bounded number waits; more are told to come back, instead of filling the isolate's memory. Whoever waits is let in
 * in order, but parties (hospitals) in turn: one that sends much waits behind itself, not before the others.
 */
export class Gate {
  readonly #waiting = new Map<string, (() => void)[]>(); // parties in the order of their next turn
  #waiters = 0;
  readonly #limit: number;
  #busy = false;

  /** @param limit most pieces of work that wait. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * @param party whose work it is
   * @throws ProblemError 503 when too many wait.
   */
  async run<T>(work: () => T | Promise<T>, party = ''): Promise<T> {
    await this.#enter(party);
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  #enter(party: string): Promise<void> {
    if (!this.#busy) {
      this.#busy = true;
      return Promise.resolve();
    }
    if (this.#waiters >= this.#limit) {
      throw unavailable('busy', `${this.#limit} requests wait already. Send this one again in a second.`, 1);
    }
    this.#waiters++;
    return new Promise((resolve) => {
      const line = this.#waiting.get(party) ?? [];
      this.#waiting.set(party, line);
      line.push(resolve);
    });
  }

  /** The turn goes straight to the next in line, so that nobody can slip in between. */
  #leave(): void {
    const next = this.#next();
    if (next === undefined) this.#busy = false;
    else next();
  }

  /** The first of the party whose turn it is, which then goes to the end. */
  #next(): (() => void) | undefined {
    for (const [party, line] of this.#waiting) {
      this.#waiting.delete(party);
      const next = line.shift();
      if (line.length > 0) this.#waiting.set(party, line);
      if (next === undefined) continue;
      this.#waiters--;
      return next;
    }
    return undefined;
  }
}
