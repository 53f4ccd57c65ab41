/** What a request spends its time on; `server-timing` and the log tell it. */
export type Stage = 'read' | 'queue' | 'decode' | 'features' | 'prompts' | 'decoder' | 'encode';

/**
 * Milliseconds by stage of one request. A stage within another counts by itself. Deployed, the clock stands still
 * while the Worker computes (a defence of the platform), so that there only waiting shows.
 */
export class Stages {
  readonly #ms = new Map<Stage, number>();
  readonly #open: Stage[] = [];
  #since = 0;

  enter(stage: Stage): void {
    this.#count();
    this.#open.push(stage);
  }

  leave(): void {
    this.#count();
    this.#open.pop();
  }

  time<T>(stage: Stage, work: () => T): T {
    this.enter(stage);
    try {
      return work();
    } finally {
      this.leave();
    }
  }

  async wait<T>(stage: Stage, work: () => Promise<T> | T): Promise<T> {
    this.enter(stage);
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** Passes on what is made step by step, counting the making and not the use. */
  *each<T>(stage: Stage, values: Iterable<T>): Generator<T, void> {
    const iterator = values[Symbol.iterator]();
    try {
      for (;;) {
        const next = this.time(stage, () => iterator.next());
        if (next.done === true) return;
        yield next.value;
      }
    } finally {
      iterator.return?.();
    }
  }

  /** Rounded to tenths. */
  entries(): [Stage, number][] {
    return [...this.#ms].map(([stage, ms]) => [stage, Math.round(10 * ms) / 10]);
  }

  /** All but waiting for the body and for the engine. */
  computedMs(): number {
    return [...this.#ms].reduce(
      (sum, [stage, ms]) => (stage === 'read' || stage === 'queue' ? sum : sum + ms),
      0,
    );
  }

  #count(): void {
    const now = performance.now();
    const stage = this.#open.at(-1);
    if (stage !== undefined) this.#ms.set(stage, (this.#ms.get(stage) ?? 0) + now - this.#since);
    this.#since = now;
  }
}
