import { describe, expect, it } from 'vitest';
import { MadeOnce } from './made-once.ts';

describe('MadeOnce', () => {
  it('is made once for all who ask at the same time', async () => {
    let made = 0;
    const once = new MadeOnce<number>();
    const ask = () => once.get(async () => ++made);
    expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
    expect(await ask()).toBe(1);
  });

  it('forgets what failed', async () => {
    const once = new MadeOnce<number>();
    const failing = () => Promise.reject(new Error('no'));
    const both = await Promise.allSettled([once.get(failing), once.get(failing)]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await once.get(async () => 2)).toBe(2);
  });

  it('is made by the next one where the first was dropped', async () => {
    const once = new MadeOnce<string>(undefined, 5);
    void once.get(() => new Promise(() => undefined));
    expect(await Promise.all(['b', 'c'].map((name) => once.get(async () => name)))).toEqual(['b', 'b']);
    expect(once.value).toBe('b');
  });

  it('discards what a slow one made a second time', async () => {
    const discarded: string[] = [];
    const once = new MadeOnce<string>((value) => discarded.push(value), 5);
    const slow = Promise.withResolvers<string>();
    const first = once.get(() => slow.promise);
    expect(await once.get(async () => 'quick')).toBe('quick');
    slow.resolve('slow');
    expect(await first).toBe('quick');
    expect(discarded).toEqual(['slow']);
  });
});
