interface Level {
  tokens: number;
  at: number;
}

/** Levels that are kept: beyond, the least recently used one is forgotten, and its owner starts full again. */
const MAX_LEVELS = 10_000;

/** A bucket of tokens for each name: it fills steadily, and may be drawn below zero by what is known only afterwards. */
export class TokenBuckets {
  readonly #levels = new Map<string, Level>(); // in order of use
  readonly #perMinute: number;
  readonly #now: () => number;

  /** @param perMinute what a bucket holds, and what flows into it in a minute */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /** Takes so many tokens if the bucket is not empty. @returns seconds to wait, or 0 where they were taken */
  take(name: string, tokens: number): number {
    const level = this.#level(name);
    if (level.tokens >= Math.min(tokens, 1)) {
      level.tokens -= tokens;
      return 0;
    }
    return Math.ceil(((1 - level.tokens) / this.#perMinute) * 60);
  }

  /** Draws what was used already, even if that is more than there is. */
  draw(name: string, tokens: number): void {
    this.#level(name).tokens -= tokens;
  }

  #level(name: string): Level {
    const now = this.#now();
    const known = this.#levels.get(name) ?? { tokens: this.#perMinute, at: now };
    known.tokens = Math.min(this.#perMinute, known.tokens + ((now - known.at) / 60_000) * this.#perMinute);
    known.at = now;
    this.#levels.delete(name);
    this.#levels.set(name, known);
    const [oldest] = this.#levels.keys();
    if (this.#levels.size > MAX_LEVELS && oldest !== undefined) this.#levels.delete(oldest);
    return known;
  }
}
