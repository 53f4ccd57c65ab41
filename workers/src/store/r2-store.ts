import type { ObjectStore } from '@d-persona/shared/release/object-store.ts';
import { within } from './within.ts';

/** What is used of a bucket binding of Cloudflare R2. */
export interface Bucket {
  head(key: string): Promise<unknown>;
  get(key: string): Promise<StoredObject | null>;
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  delete(key: string): Promise<unknown>;
  list(options: { prefix: string; cursor?: string }): Promise<{
    objects: { key: string }[];
    truncated: boolean;
    cursor?: string;
  }>;
}

interface StoredObject {
  readonly body: ReadableStream<Uint8Array>;
  arrayBuffer(): Promise<ArrayBuffer>;
}

/** A store from which something can be erased. */
export interface ErasableStore extends ObjectStore {
  has(key: string): Promise<boolean>;
  /** Does nothing where there is nothing. */
  delete(key: string): Promise<void>;
  /** The keys that begin with a prefix, in order, some at a time. */
  pages(prefix: string): AsyncIterable<string[]>;
}

/**
 * A bucket as the place where releases and annotations are kept. All methods throw StoreUnavailable when it fails, or
 * is too slow.
 */
export class R2Store implements ErasableStore {
  readonly #bucket: Bucket;
  readonly #timeoutMs: number;

  constructor(bucket: Bucket, timeoutMs: number) {
    this.#bucket = bucket;
    this.#timeoutMs = timeoutMs;
  }

  async has(key: string): Promise<boolean> {
    return (await this.#answered(() => this.#bucket.head(key))) !== null;
  }

  async get(key: string): Promise<ArrayBuffer | null> {
    const object = await this.#answered(() => this.#bucket.get(key));
    return object === null ? null : this.#answered(() => object.arrayBuffer());
  }

  async open(key: string): Promise<AsyncIterable<Uint8Array> | null> {
    const object = await this.#answered(() => this.#bucket.get(key));
    return object === null ? null : this.#chunks(object.body);
  }

  async *#chunks(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await this.#answered(() => reader.read());
        if (done) return;
        yield value;
      }
    } finally {
      // Stops an object that is read no further.
      await reader.cancel().catch(() => undefined);
    }
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    await this.#answered(() => this.#bucket.put(key, bytes));
  }

  async delete(key: string): Promise<void> {
    await this.#answered(() => this.#bucket.delete(key));
  }

  /** As many keys at a time as the bucket tells at once. */
  async *pages(prefix: string): AsyncGenerator<string[], void> {
    let cursor: string | undefined;
    do {
      const options = cursor === undefined ? { prefix } : { prefix, cursor };
      const page = await this.#answered(() => this.#bucket.list(options));
      yield page.objects.map(({ key }) => key);
      cursor = page.truncated ? page.cursor : undefined;
    } while (cursor !== undefined);
  }

  async list(prefix: string): Promise<string[]> {
    const keys: string[] = [];
    for await (const page of this.pages(prefix)) keys.push(...page);
    return keys;
  }

  #answered<T>(ask: () => Promise<T>): Promise<T> {
    return within(this.#timeoutMs, ask);
  }
}
