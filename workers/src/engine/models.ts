import { ReleaseError } from '@d-persona/shared/release/release-error.ts';
import type { Holder } from './isolate-memory.ts';
import { MadeOnce } from './made-once.ts';
import type { Model } from './model.ts';

interface Slot {
  readonly made: MadeOnce<Model>;
  users: number;
}

/** Faults are kept of so many releases. */
const MOST_FAULTS = 100;
/** What a manifest takes, about. */
const MANIFEST_BYTES = 32 * 1024;

/**
 * The releases that are loaded, each once however many ask for it at the same time. A load that failed is forgotten,
 * so that the next request tries again. Beyond so many bytes, the least recently used that nobody uses goes; what
 * releases share counts once.
 */
export class Models implements Holder {
  readonly #slots = new Map<string, Slot>(); // in order of use
  readonly #faults = new Map<string, ReleaseError>();
  readonly #load: (hash: string) => Promise<Model>;
  readonly #maxBytes: number;

  constructor(load: (hash: string) => Promise<Model>, maxBytes: number) {
    this.#load = load;
    this.#maxBytes = maxBytes;
  }

  /** What was wrong with releases when they were last loaded here. */
  get faults(): ReadonlyMap<string, ReleaseError> {
    return this.#faults;
  }

  /** How many releases are loaded. */
  get size(): number {
    return this.#slots.size;
  }

  /** Bytes of all that are loaded. */
  get bytes(): number {
    const cores = new Map<string, number>();
    let own = 0;
    for (const { made } of this.#slots.values()) {
      if (made.value === undefined) continue;
      const { bytes, core } = made.value.engine;
      own += bytes + MANIFEST_BYTES;
      if (core !== undefined) cores.set(core.id, core.bytes);
    }
    return [...cores.values()].reduce((sum, bytes) => sum + bytes, own);
  }

  /** Gives `work` the release; it stays loaded until the work is done. */
  async use<T>(hash: string, work: (model: Model) => Promise<T>): Promise<T> {
    const slot = this.#slots.get(hash) ?? { made: new MadeOnce<Model>(discard), users: 0 };
    this.#slots.delete(hash);
    this.#slots.set(hash, slot);
    slot.users++;
    try {
      return await work(await slot.made.get(() => this.#tried(hash)));
    } finally {
      slot.users--;
      if (slot.made.value === undefined && slot.users === 0 && this.#slots.get(hash) === slot)
        this.#slots.delete(hash);
      this.#keepWithin(this.#maxBytes);
    }
  }

  async #tried(hash: string): Promise<Model> {
    try {
      const model = await this.#load(hash);
      this.#faults.delete(hash);
      return model;
    } catch (error) {
      if (error instanceof ReleaseError) this.#faults.set(hash, error);
      const [oldest] = this.#faults.keys();
      if (this.#faults.size > MOST_FAULTS && oldest !== undefined) this.#faults.delete(oldest);
      throw error;
    }
  }

  /**
   * First the arenas go, those of releases that were used long ago before others: the next image takes one again. Then
   * releases that nobody uses.
   */
  shed(): boolean {
    for (const { made } of this.#slots.values()) if (made.value?.engine.core?.trim() === true) return true;
    return this.#drop();
  }

  /** The last one used stays, even if it alone is over the limit: the next request most likely wants it. */
  #keepWithin(maxBytes: number): void {
    while (this.#slots.size > 1 && this.bytes > maxBytes && this.#drop());
  }

  #drop(): boolean {
    for (const [hash, { made, users }] of this.#slots) {
      if (users > 0 || made.value === undefined) continue;
      this.#slots.delete(hash);
      discard(made.value);
      return true;
    }
    return false;
  }
}

function discard({ engine }: Model): void {
  engine.dispose();
}
