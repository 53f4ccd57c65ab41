/** A latent vector [D] for each persona. */
export type Prompts = readonly Float32Array[];

/** Most seeds whose prompts are kept: askers use one, or a few. */
const MAX_SEEDS = 4;

/** The prompts of one case by the seed of the prior bank, computed once for each seed that is asked for. */
export class PromptCache {
  readonly #bySeed = new Map<number, Prompts>();

  get(seed: number, compute: () => Prompts): Prompts {
    const prompts = this.#bySeed.get(seed) ?? compute();
    this.#bySeed.delete(seed);
    this.#bySeed.set(seed, prompts);
    for (const oldest of this.#bySeed.keys()) {
      if (this.#bySeed.size <= MAX_SEEDS) break;
      this.#bySeed.delete(oldest);
    }
    return prompts;
  }
}
