import { describe, expect, it } from 'vitest';
import { type Holder, IsolateMemory } from './isolate-memory.ts';

/** Holds so many things of 10 bytes, and writes down when it gives one back. */
class Shelf implements Holder {
  readonly #name: string;
  readonly #log: string[];
  #things: number;

  constructor(name: string, things: number, log: string[]) {
    this.#name = name;
    this.#things = things;
    this.#log = log;
  }

  get bytes(): number {
    return 10 * this.#things;
  }

  shed(): boolean {
    if (this.#things === 0) return false;
    this.#things--;
    this.#log.push(this.#name);
    return true;
  }
}

describe('IsolateMemory', () => {
  it('has holders give back in their order, and no more than is needed', () => {
    const log: string[] = [];
    const memory = new IsolateMemory(100, [new Shelf('a', 2, log), { bytes: 30 }, new Shelf('b', 3, log)]);
    expect(memory.bytes).toBe(80);
    memory.makeRoom(20, 0, 'It');
    expect(log).toEqual([]);
    memory.makeRoom(45, 0, 'It');
    expect(log).toEqual(['a', 'a', 'b']);
    expect(memory.bytes).toBe(50);
  });

  it('tells what never fits from what does not fit now', async () => {
    const memory = new IsolateMemory(100, [{ bytes: 30 }]);
    const other = Promise.withResolvers<void>();
    const running = memory.during(0, (work) => {
      work.take(40, 'Another');
      return other.promise;
    });
    await memory.during(10, async (work) => {
      expect(() => work.take(31, 'The image')).toThrow(
        expect.objectContaining({ kind: 'busy', headers: { 'retry-after': '1' } }),
      );
      expect(() => work.take(91, 'The image')).toThrow(
        expect.objectContaining({
          kind: 'too-large',
          message: expect.stringContaining('The image needs 1 MB'),
        }),
      );
      work.take(30, 'The image');
      // What it took itself does not come back by waiting.
      expect(() => work.makeRoom(70, 'The answer')).toThrow(expect.objectContaining({ kind: 'too-large' }));
    });
    expect(memory.bytes).toBe(70);
    other.resolve();
    await running;
    expect(memory.bytes).toBe(30);
  });

  it('counts what is taken until it is given back, once, or the work ends', async () => {
    const memory = new IsolateMemory(100, []);
    const failing = memory.during(0, async (work) => {
      work.take(5, 'It');
      const giveBack = work.take(50, 'It');
      giveBack();
      giveBack();
      expect(memory.bytes).toBe(5);
      await work.part(async (part) => void part.take(20, 'It'));
      expect(memory.bytes).toBe(5);
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(memory.bytes).toBe(0);
  });
});
