import { unavailable } from '../problem/problem-error.ts';
import { waitFor } from './wait-for.ts';

/** How long each may take to come or to go before it counts as gone: its request was cancelled, and runs no more. */
export interface Patience {
  /** Milliseconds from being let in to beginning. */
  readonly toBegin: number;
  /** Milliseconds from beginning to the end. */
  readonly toEnd: number;
}

interface Turn {
  readonly wake: () => void;
  /** Since when it is its turn. */
  since: number;
  begun: boolean;
}

const PATIENCE: Patience = { toBegin: 1000, toEnd: 60_000 };

/**
 * Lets one piece of work after another to the engines: an isolate computes one thing at a time, so a second arena
 * would cost memory and save no time. A bounded number waits; more are told to come back, instead of filling the
 * isolate's memory. Whoever waits is let in in order, but parties (hospitals) in turn: one that sends much waits behind
 * itself, not before the others.
 *
 * workerd may drop a request at any `await`, and then runs nothing of it any more, not even its `finally`. So each that
 * waits looks by its own clock whether whoever has the turn is still there.
 */
export class Gate {
  readonly #waiting = new Map<string, Turn[]>(); // parties in the order of their next turn
  readonly #limit: number;
  readonly #patience: Patience;
  #waiters = 0;
  #turn: Turn | undefined;

  /** @param limit most pieces of work that wait. */
  constructor(limit: number, patience = PATIENCE) {
    this.#limit = limit;
    this.#patience = patience;
  }

  /**
   * @param party whose work it is
   * @throws ProblemError 503 when too many wait.
   */
  async run<T>(work: () => T | Promise<T>, party: string): Promise<T> {
    const turn = await this.#enter(party);
    try {
      return await work();
    } finally {
      if (this.#turn === turn) this.#pass();
    }
  }

  async #enter(party: string): Promise<Turn> {
    if (this.#turn !== undefined && this.#waiters >= this.#limit) {
      throw unavailable('busy', `${this.#limit} requests wait already. Send this one again in a second.`, 1);
    }
    let woken = Promise.resolve();
    const nextTurn = (): Turn => {
      const { promise, resolve } = Promise.withResolvers<void>();
      woken = promise;
      return { wake: resolve, since: 0, begun: false };
    };
    let turn = nextTurn();
    this.#queue(party, turn);
    if (this.#turn === undefined) this.#pass();
    while (this.#turn !== turn) {
      await waitFor(woken, this.#patience.toBegin);
      if (this.#turn === turn) break;
      if (turn.since > 0) {
        // It was its turn, and it came too late.
        turn = nextTurn();
        this.#queue(party, turn);
      }
      if (this.#isGone()) this.#pass();
    }
    turn.begun = true;
    turn.since = performance.now();
    return turn;
  }

  #queue(party: string, turn: Turn): void {
    const line = this.#waiting.get(party) ?? [];
    this.#waiting.set(party, line);
    line.push(turn);
    this.#waiters++;
  }

  #isGone(): boolean {
    if (this.#turn === undefined) return true;
    const { begun, since } = this.#turn;
    return performance.now() - since > (begun ? this.#patience.toEnd : this.#patience.toBegin);
  }

  /** The turn goes straight to the next in line, so that nobody can slip in between. */
  #pass(): void {
    this.#turn = this.#next();
    if (this.#turn === undefined) return;
    this.#turn.since = performance.now();
    this.#turn.wake();
  }

  /** The first of the party whose turn it is, which then goes to the end. */
  #next(): Turn | undefined {
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
