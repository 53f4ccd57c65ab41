import { describe, expect, it } from 'vitest';
import { Remembered } from './remembered.ts';

describe('Remembered', () => {
  it('asks again after a while, and goes on with the last answer when asking fails', async () => {
    const clock = { ms: 0 };
    const remembered = new Remembered<number>(1000, () => clock.ms);
    expect(await remembered.get('a', async () => 1)).toBe(1);
    clock.ms = 999;
    expect(await remembered.get('a', async () => 2)).toBe(1);
    clock.ms = 1000;
    expect(await remembered.get('a', () => Promise.reject(new Error('down')))).toBe(1);
    expect(await remembered.get('a', async () => 3)).toBe(3);
  });

  it('does not remember that there is nothing', async () => {
    const remembered = new Remembered<number>(1000, () => 0);
    expect(await remembered.get('a', async () => undefined)).toBeUndefined();
    expect(await remembered.get('a', async () => 1)).toBe(1);
    await expect(remembered.get('b', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  });
});
