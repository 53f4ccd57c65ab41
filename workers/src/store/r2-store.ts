import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { StoreUnavailable } from './store-unavailable.ts';

/** What is used of a bucket binding of Cloudflare R2. */
export interface Bucket {
  get(key: string): Promise<{ arrayBuffer(): Promise<ArrayBuffer> } | null>;
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  list(options: { prefix: string; cursor?: string }): Promise<{
    objects: { key: string }[];
    truncated: boolean;
    cursor?: string;
  }>;
}

/** A store from which something can be erased. */
export interface ErasableStore extends ObjectStore {
  /** Does nothing where there is nothing. */
  delete(key: string): Promise<void>;
}

/** A bucket as the place where releases and hospitals are kept. All methods throw StoreUnavailable when it fails. */
export class R2Store implements ErasableStore {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  async get(key: string): Promise<ArrayBuffer | null> {
    const object = await answered(this.#bucket.get(key));
    return object === null ? null : answered(object.arrayBuffer());
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await answered(this.#bucket.put(key, bytes));
  }

  async delete(key: string): Promise<void> {
    await answered(this.#bucket.delete(key));
  }

  /** All keys, however many pages the bucket tells them in; R2 orders them. */
  async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await answered(this.#bucket.list(cursor === undefined ? { prefix } : { prefix, cursor }));
      keys.push(...page.objects.map(({ key }) => key));
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
    return keys;
  }
}

async function answered<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (cause) {
    throw new StoreUnavailable(cause);
  }
}
