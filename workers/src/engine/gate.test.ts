import { describe, expect, it } from 'vitest';
import { Gate } from './gate.ts';

describe('Gate', () => {
  it('lets one after another through, in order', async () => {
    const gate = new Gate(10);
    const log: string[] = [];
    const work = (name: string) => () =>
      new Promise<string>((resolve) => {
        log.push(`${name} starts`);
        setTimeout(() => {
          log.push(`${name} ends`);
          resolve(name);
        }, 1);
      });
    expect(await Promise.all(['a', 'b', 'c'].map((name) => gate.run(work(name), '')))).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(log).toEqual(['a starts', 'a ends', 'b starts', 'b ends', 'c starts', 'c ends']);
  });

  it('goes on after work that fails', async () => {
    const gate = new Gate(10);
    const failed = gate.run(() => Promise.reject(new Error('no')), '');
    const next = gate.run(() => 'next', '');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('next');
  });

  it('turns away who finds the queue full, and has room again later', async () => {
    const gate = new Gate(1);
    let release = () => {};
    const first = gate.run(() => new Promise<void>((resolve) => (release = resolve)), '');
    const second = gate.run(() => 2, '');
    await expect(gate.run(() => 3, '')).rejects.toMatchObject({
      kind: 'busy',
      headers: { 'retry-after': '1' },
    });
    release();
    await first;
    expect(await second).toBe(2);
    expect(await gate.run(() => 4, '')).toBe(4);
  });

  it('lets parties in in turn, and each in its own order', async () => {
    const gate = new Gate(20);
    const order: string[] = [];
    const come = (name: string) => gate.run(async () => void order.push(name), name.slice(0, 1));
    await Promise.all(['a1', 'a2', 'a3', 'a4', 'b1', 'c1', 'b2'].map(come));
    expect(order).toEqual(['a1', 'a2', 'b1', 'c1', 'a3', 'b2', 'a4']);
  });

  it('goes on where one that has the turn, or was just given it, is dropped', async () => {
    const gate = new Gate(20, { toBegin: 20, toEnd: 60 });
    const log: string[] = [];
    // As when workerd drops a request at an await: its work never ends.
    const dropped = gate.run(() => new Promise<void>(() => undefined), 'a');
    const others = ['b1', 'b2', 'c1'].map((name) => gate.run(() => log.push(name), name.slice(0, 1)));
    await Promise.all(others);
    expect(log).toEqual(['b1', 'c1', 'b2']);
    void dropped;
  });

  it('lets in once more who came too late for its turn', async () => {
    const gate = new Gate(20, { toBegin: 5, toEnd: 1000 });
    const log: string[] = [];
    const first = Promise.withResolvers<void>();
    const holding = gate.run(() => first.promise, 'a');
    const waiting = ['b', 'c'].map((name) => gate.run(() => log.push(name), name));
    first.resolve();
    // The event loop is busy for longer than the patience, as while another request computes.
    for (const end = performance.now() + 30; performance.now() < end; );
    await Promise.all([holding, ...waiting]);
    expect(log.toSorted()).toEqual(['b', 'c']);
    expect(await gate.run(() => 'next', 'd')).toBe('next');
  });
});
