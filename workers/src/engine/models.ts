import type { Model } from './model.ts';

interface Slot {
  readonly model: Promise<Model>;
  /** Once it is. */
  loaded: Model | undefined;
  users: number;
}

/** What a manifest takes, about. */
const MANIFEST_BYTES = 32 * 1024;

/**
 * The releases that are loaded, each once however many ask for it at the same time. A load that failed is forgotten,
 * so that the next request tries again. Beyond so many bytes, the least recently used that nobody uses goes; what
 * releases share counts once.
 */
export class Models {
  readonly #slots = new Map<string, Slot>(); // in order of use
  readonly #load: (hash: string) => Promise<Model>;
  readonly #maxBytes: number;

  constructor(load: (hash: string) => Promise<Model>, maxBytes: number) {
    this.#load = load;
    this.#maxBytes = maxBytes;
  }

  /** How many releases are loaded. */
  get size(): number {
    return this.#slots.size;
  }

  /** Bytes of all that are loaded. */
  get bytes(): number {
    const cores = new Map<string, number>();
    let own = 0;
    for (const { loaded } of this.#slots.values()) {
      if (loaded === undefined) continue;
      own += loaded.engine.bytes + MANIFEST_BYTES;
      if (loaded.engine.core !== undefined) cores.set(loaded.engine.core.id, loaded.engine.core.bytes);
    }
    return [...cores.values()].reduce((sum, bytes) => sum + bytes, own);
  }

  /** Gives `work` the release; it stays loaded until the work is done. */
  async use<T>(hash: string, work: (model: Model) => Promise<T>): Promise<T> {
    const slot = this.#slots.get(hash) ?? { model: this.#load(hash), loaded: undefined, users: 0 };
    this.#slots.delete(hash);
    this.#slots.set(hash, slot);
    slot.users++;
    try {
      const model = await slot.model.catch((error: unknown) => {
        if (this.#slots.get(hash) === slot) this.#slots.delete(hash);
        throw error;
      });
      slot.loaded = model;
      return await work(model);
    } finally {
      slot.users--;
      this.#drop();
    }
  }

  #drop(): void {
    let bytes = this.bytes;
    for (const [hash, slot] of this.#slots) {
      // The last one used stays, even if it alone is over the limit: the next request most likely wants it.
      if (bytes <= this.#maxBytes || this.#slots.size === 1) return;
      if (slot.users > 0 || slot.loaded === undefined) continue;
      this.#slots.delete(hash);
      slot.loaded.engine.dispose();
      ({ bytes } = this);
    }
  }
}
