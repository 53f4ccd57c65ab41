import { describe, expect, it } from 'vitest';
import { type Bucket, R2Store } from './r2-store.ts';
import { StoreUnavailable } from './store-unavailable.ts';

/** A bucket that tells two keys a page. */
function bucket(objects: Map<string, Uint8Array<ArrayBuffer>>): Bucket {
  return {
    async head(key) {
      return objects.has(key) ? {} : null;
    },
    async get(key) {
      const bytes = objects.get(key);
      return bytes === undefined ? null : stored(bytes);
    },
    async put(key, bytes) {
      objects.set(key, new Uint8Array(bytes));
    },
    async delete(key) {
      objects.delete(key);
    },
    async list({ prefix, cursor }) {
      const keys = [...objects.keys()].filter((key) => key.startsWith(prefix)).sort();
      const from = Number(cursor ?? 0);
      const page = keys.slice(from, from + 2).map((key) => ({ key }));
      const truncated = from + 2 < keys.length;
      return truncated
        ? { objects: page, truncated, cursor: String(from + 2) }
        : { objects: page, truncated };
    },
  };
}

function stored(bytes: Uint8Array<ArrayBuffer>) {
  const { body } = new Response(bytes);
  if (body === null) throw new Error('A response of bytes has a body');
  return { body, arrayBuffer: async () => bytes.slice().buffer };
}

async function chunksOf(store: R2Store, key: string): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of (await store.open(key)) ?? []) chunks.push(chunk);
  return chunks;
}

describe('R2Store', () => {
  it('reads what was put, and lists all pages', async () => {
    const store = new R2Store(bucket(new Map()), 1000);
    for (const key of ['a/1', 'a/2', 'a/3', 'a/4', 'a/5', 'b/1'])
      await store.put(key, new Uint8Array([key.charCodeAt(2)]));
    expect(await store.list('a/')).toEqual(['a/1', 'a/2', 'a/3', 'a/4', 'a/5']);
    expect(new Uint8Array((await store.get('a/3')) as ArrayBuffer)).toEqual(new Uint8Array([0x33]));
    expect(await store.get('a/6')).toBeNull();
    expect(await chunksOf(store, 'a/3')).toEqual([new Uint8Array([0x33])]);
    expect(await store.open('a/6')).toBeNull();
    expect([await store.has('a/3'), await store.has('a/6')]).toEqual([true, false]);
    await store.delete('a/3');
    expect(await store.get('a/3')).toBeNull();
  });

  it('tells a failing bucket by type', async () => {
    const down = () => Promise.reject(new Error('R2 is down'));
    const store = new R2Store({ head: down, get: down, put: down, delete: down, list: down }, 1000);
    await expect(store.has('a')).rejects.toThrow(StoreUnavailable);
    await expect(store.get('a')).rejects.toThrow(StoreUnavailable);
    await expect(store.put('a', new Uint8Array())).rejects.toThrow(StoreUnavailable);
    await expect(store.delete('a')).rejects.toThrow(StoreUnavailable);
    await expect(store.list('a')).rejects.toThrow(StoreUnavailable);
  });

  it('tells a bucket that is too slow by the same type', async () => {
    const never = () => new Promise<never>(() => undefined);
    const store = new R2Store({ head: never, get: never, put: never, delete: never, list: never }, 10);
    await expect(store.get('a')).rejects.toThrow(StoreUnavailable);
    await expect(store.list('a')).rejects.toThrow(StoreUnavailable);
    const body = new ReadableStream<Uint8Array>({ pull: never });
    const half = { ...bucket(new Map()), get: async () => ({ arrayBuffer: never, body }) };
    await expect(new R2Store(half, 10).get('a')).rejects.toThrow(StoreUnavailable);
    await expect(chunksOf(new R2Store(half, 10), 'a')).rejects.toThrow(StoreUnavailable);
  });
});
