import { describe, expect, it } from 'vitest';
import { StoreUnavailable } from '../store/store-unavailable.ts';
import { Remembered } from './remembered.ts';

const down = () => Promise.reject(new StoreUnavailable(new Error('down')));

describe('Remembered', () => {
  it('asks each time, and goes on with the last answer for a while when the source is down', async () => {
    const clock = { ms: 0 };
    const remembered = new Remembered<number>({ lifetimeMs: 1000, max: 9 }, () => clock.ms);
    expect(await remembered.get('a', async () => 1)).toBe(1);
    expect(await remembered.get('a', async () => 2)).toBe(2);
    clock.ms = 999;
    expect(await remembered.get('a', down)).toBe(2);
    clock.ms = 1000;
    await expect(remembered.get('a', down)).rejects.toThrow(StoreUnavailable);
  });

  it('forgets what the source takes back', async () => {
    const remembered = new Remembered<number>({ lifetimeMs: 1000, max: 9 }, () => 0);
    await remembered.get('a', async () => 1);
    expect(await remembered.get('a', async () => null)).toBeNull();
    await expect(remembered.get('a', down)).rejects.toThrow(StoreUnavailable);
  });

  it('does not cover up bugs, and keeps the most recently asked for', async () => {
    const remembered = new Remembered<number>({ lifetimeMs: 1000, max: 2 }, () => 0);
    for (const [i, key] of ['a', 'b', 'a', 'c'].entries()) await remembered.get(key, async () => i);
    await expect(remembered.get('b', down)).rejects.toThrow(StoreUnavailable);
    expect(await remembered.get('a', down)).toBe(2);
    await expect(remembered.get('a', () => Promise.reject(new TypeError('bug')))).rejects.toThrow('bug');
  });
});
