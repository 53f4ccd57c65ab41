import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ObjectStore } from './object-store.ts';
import { readPart } from './read-part.ts';
import { MemoryStore } from './release.fixtures.ts';
import { sha256 } from './sha256.ts';

/** A store that hands objects out in pieces of some lengths, and counts what was taken of them. */
class StreamingStore extends MemoryStore {
  taken = 0;
  readonly #lengths: readonly number[];

  constructor(lengths: readonly number[]) {
    super();
    this.#lengths = lengths;
  }

  override get(): Promise<never> {
    throw new Error('The whole object was asked for');
  }

  async open(key: string): Promise<AsyncIterable<Uint8Array> | null> {
    const bytes = this.files.get(key);
    return bytes === undefined ? null : this.#pieces(bytes);
  }

  async *#pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
    for (let at = 0, i = 0; at < bytes.length; i++) {
      const length = this.#lengths[i % this.#lengths.length] ?? bytes.length;
      const piece = bytes.slice(at, at + length);
      at += piece.length;
      this.taken += piece.length;
      yield piece;
    }
  }
}

async function stored(store: MemoryStore, bytes: Uint8Array, told = bytes) {
  await store.put('part', bytes);
  return { sha256: await sha256(told), bytes: told.length };
}

describe('readPart', () => {
  it('is the bytes, in whatever pieces they come', async () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), lengths, async (bytes, pieces) => {
        for (const store of [new MemoryStore(), new StreamingStore(pieces)]) {
          expect(await readPart(store, 'part', await stored(store, bytes))).toEqual(bytes);
        }
      }),
    );
  });

  it.each<[string, () => ObjectStore & MemoryStore]>([
    ['a store that streams', () => new StreamingStore([7, 1])],
    ['another', () => new MemoryStore()],
  ])('refuses what is not the part, from %s', async (_, start) => {
    const bytes = Uint8Array.from({ length: 100 }, (_, i) => i);
    const refused = async (given: Uint8Array) => {
      const store = start();
      const expected = await stored(store, given, bytes);
      return readPart(store, 'part', expected).then(
        () => 'taken',
        ({ code, input }) => [code, input],
      );
    };
    expect(await refused(bytes)).toBe('taken');
    expect(await refused(bytes.with(99, 0))).toEqual(['release-altered', 'part']);
    expect(await refused(bytes.subarray(0, 99))).toEqual(['release-truncated', 'part']);
    expect(await refused(new Uint8Array(101))).toEqual(['release-truncated', 'part']);
    await expect(readPart(start(), 'part', { sha256: '', bytes: 0 })).rejects.toMatchObject({
      code: 'release-incomplete',
    });
  });

  it('stops to read where there are more bytes than are due', async () => {
    const store = new StreamingStore([10]);
    const expected = await stored(store, new Uint8Array(10_000), new Uint8Array(95));
    await expect(readPart(store, 'part', expected)).rejects.toMatchObject({ code: 'release-truncated' });
    expect(store.taken).toBe(100);
  });
});
