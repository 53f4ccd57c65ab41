import type { Model } from './model.ts';

interface Slot {
  readonly model: Promise<Model>;
  users: number;
}

/**
 * The releases that are loaded, each once however many ask for it at the same time. A load that failed is forgotten,
 * so that the next request tries again. Beyond a number of releases, the least recently used that nobody uses goes.
 */
export class Models {
  readonly #slots = new Map<string, Slot>(); // in order of use
  readonly #load: (hash: string) => Promise<Model>;
  readonly #max: number;

  constructor(load: (hash: string) => Promise<Model>, max: number) {
    this.#load = load;
    this.#max = max;
  }

  /** Gives `work` the release; it stays loaded until the work is done. */
  async use<T>(hash: string, work: (model: Model) => Promise<T>): Promise<T> {
    const slot = this.#slots.get(hash) ?? { model: this.#load(hash), users: 0 };
    this.#slots.delete(hash);
    this.#slots.set(hash, slot);
    slot.users++;
    try {
      const model = await slot.model.catch((error: unknown) => {
        if (this.#slots.get(hash) === slot) this.#slots.delete(hash);
        throw error;
      });
      return await work(model);
    } finally {
      slot.users--;
      await this.#drop();
    }
  }

  async #drop(): Promise<void> {
    for (const [hash, slot] of this.#slots) {
      if (this.#slots.size <= this.#max) return;
      if (slot.users > 0) continue;
      this.#slots.delete(hash);
      (await slot.model).engine.dispose();
    }
  }
}
