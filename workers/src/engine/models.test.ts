import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Model } from './model.ts';
import { Models } from './models.ts';

/** A model that holds one tensor, and no more is asked of it. */
function model(hash: string): Model {
  return { hash, network: { weights: new Map([['w', tf.scalar(1)]]) } } as unknown as Model;
}

describe('Models', () => {
  beforeAll(() => tf.setBackend('wasm'));

  it('loads a release once for all who ask at the same time', async () => {
    let loads = 0;
    const models = new Models(async (hash) => {
      loads++;
      return model(hash);
    }, 2);
    const asked = await Promise.all([1, 2, 3].map(() => models.use('a', async ({ hash }) => hash)));
    expect(asked).toEqual(['a', 'a', 'a']);
    expect(await models.use('a', async () => loads)).toBe(1);
  });

  it('forgets a load that failed', async () => {
    let broken = true;
    const models = new Models(async (hash) => {
      if (broken) throw new Error('no store');
      return model(hash);
    }, 2);
    const both = await Promise.allSettled([1, 2].map(() => models.use('a', async () => 1)));
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    broken = false;
    expect(await models.use('a', async () => 2)).toBe(2);
  });

  it('drops the least recently used, but not one in use', async () => {
    const loaded: string[] = [];
    const models = new Models(async (hash) => {
      loaded.push(hash);
      return model(hash);
    }, 1);
    const before = tf.memory().numTensors;
    await models.use('a', () => models.use('b', () => models.use('b', async () => undefined)));
    expect(tf.memory().numTensors).toBe(before + 1);
    // 'b' went first, for 'a' was in use.
    await models.use('a', async () => undefined);
    expect(loaded).toEqual(['a', 'b']);
    await models.use('b', async () => undefined);
    expect(loaded).toEqual(['a', 'b', 'b']);
    expect(tf.memory().numTensors).toBe(before + 1);
  });
});
