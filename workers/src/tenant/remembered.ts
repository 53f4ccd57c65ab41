/**
 * What a slow or failing source said, believed for a while. When it fails, the last answer goes on being given; when
 * it said that there is nothing, that is not remembered, so that what is new is found at once.
 */
export class Remembered<T> {
  readonly #answers = new Map<string, { value: T; until: number }>();
  readonly #lifetimeMs: number;
  readonly #now: () => number;

  constructor(lifetimeMs: number, now: () => number) {
    this.#lifetimeMs = lifetimeMs;
    this.#now = now;
  }

  async get(key: string, ask: () => Promise<T | undefined>): Promise<T | undefined> {
    const known = this.#answers.get(key);
    if (known !== undefined && this.#now() < known.until) return known.value;
    try {
      const value = await ask();
      if (value === undefined) this.#answers.delete(key);
      else this.#answers.set(key, { value, until: this.#now() + this.#lifetimeMs });
      return value;
    } catch (error) {
      if (known !== undefined) return known.value;
      throw error;
    }
  }
}
