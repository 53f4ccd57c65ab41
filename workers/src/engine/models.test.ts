import { describe, expect, it } from 'vitest';
import type { Model } from './model.ts';
import { Models } from './models.ts';

const MiB = 2 ** 20;

/** A model that tells when it is disposed, and no more is asked of it. */
function model(hash: string, disposed: string[] = [], core = { id: hash, bytes: MiB }): Model {
  const engine = { bytes: 1000, core, dispose: () => disposed.push(hash) };
  return { hash, engine } as unknown as Model;
}

describe('Models', () => {
  it('loads a release once for all who ask at the same time', async () => {
    let loads = 0;
    const models = new Models(async (hash) => {
      loads++;
      return model(hash);
    }, 2 * MiB);
    const asked = await Promise.all([1, 2, 3].map(() => models.use('a', async ({ hash }) => hash)));
    expect(asked).toEqual(['a', 'a', 'a']);
    expect(await models.use('a', async () => loads)).toBe(1);
  });

  it('forgets a load that failed', async () => {
    let broken = true;
    const models = new Models(async (hash) => {
      if (broken) throw new Error('no store');
      return model(hash);
    }, 2 * MiB);
    const both = await Promise.allSettled([1, 2].map(() => models.use('a', async () => 1)));
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await models.use('a', async () => 2)).toBe(2);
  });

  it('drops the least recently used, but not one in use', async () => {
    const loaded: string[] = [];
    const disposed: string[] = [];
    const models = new Models(async (hash) => {
      loaded.push(hash);
      return model(hash, disposed);
    }, MiB);
    await models.use('a', () => models.use('b', () => models.use('b', async () => undefined)));
    expect(disposed).toEqual(['b']);
    // 'b' went first, for 'a' was in use.
    await models.use('a', async () => undefined);
    expect(loaded).toEqual(['a', 'b']);
    await models.use('b', async () => undefined);
    expect(loaded).toEqual(['a', 'b', 'b']);
    expect(disposed).toEqual(['b', 'a']);
  });

  it('counts what releases share once', async () => {
    const disposed: string[] = [];
    const core = { id: 'base', bytes: 10 * MiB };
    const models = new Models(async (hash) => model(hash, disposed, core), 11 * MiB);
    for (let i = 0; i < 20; i++) await models.use(`hospital-${i}`, async () => undefined);
    expect(models.size).toBe(20);
    expect(disposed).toEqual([]);
    for (let i = 20; i < 60; i++) await models.use(`hospital-${i}`, async () => undefined);
    expect(models.bytes).toBeLessThanOrEqual(11 * MiB);
    expect(models.size).toBe(31);
    expect(disposed[0]).toBe('hospital-0');
  });
});
