import * as tf from '@tensorflow/tfjs-core';
import { afterAll, describe, expect, it } from 'vitest';
import { useWasmBackend } from '../wasm-backend.ts';
import { difference } from './compare-backends.ts';
import { decodedAtOnce, decodedOneByOne, decodings } from './decoding.fixtures.ts';

describe.each([1, 2])('decoding samples in WASM with %i threads', (threads) => {
  afterAll(() => tf.removeBackend('wasm'));

  it.each(decodings)('agrees with decoding one by one: %j, %i samples', async (shape, samples) => {
    await tf.setBackend('cpu');
    const expected = decodedOneByOne(shape, samples);
    await useWasmBackend({ threads });
    expect(difference(decodedAtOnce(shape, samples), expected)).toBeLessThan(1e-5);
  });
});
