/**
 * Where releases and hospitals are kept: a folder, or a bucket (R2). Keys are paths such as
 * `releases/<hash>/core.bin`.
 */
export interface ObjectStore {
  /** The bytes, or null where there are none. */
  get(key: string): Promise<Uint8Array | ArrayBuffer | null>;
  /** The same in pieces, where the store can: what is large need not be in memory twice. */
  open?(key: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** Stores the bytes whole or not at all; replaces what was there. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  /** The keys that begin with a prefix, in order. */
  list(prefix: string): Promise<string[]>;
}

/** Reads bytes from a store, or null. */
export async function getBytes(store: ObjectStore, key: string): Promise<Uint8Array | null> {
  const value = await store.get(key);
  return value instanceof ArrayBuffer ? new Uint8Array(value) : value;
}
