import type { Holder } from '../engine/isolate-memory.ts';
import { unavailable } from '../problem/problem-error.ts';

/** How much of the isolate's memory request bodies take up, all requests together. */
export class HeldBytes implements Holder {
  readonly #limit: number;
  #held = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get bytes(): number {
    return this.#held;
  }

  /** @throws ProblemError 503 when there is no room for these bytes now. */
  take(bytes: number): void {
    if (this.#held + bytes > this.#limit) {
      throw unavailable('busy', 'Too many large bodies are being read. Send this one again in a second.', 1);
    }
    this.#held += bytes;
  }

  give(bytes: number): void {
    this.#held -= bytes;
  }
}
