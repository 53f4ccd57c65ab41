import '../backend/cpu-backend.ts';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { WeightAverage } from './weight-average.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

describe('WeightAverage', () => {
  it('follows a ← d·a + (1 − d)·w with a decay that rises to its own, resumes bit by bit, leaves no tensor', () => {
    const tensors = tf.memory().numTensors;
    const weight = tf.tidy(() => tf.variable(tf.tensor1d([1])));
    const variables = new Map([['w', weight]]);
    const set = (value: number) => tf.tidy(() => weight.assign(tf.tensor1d([value])));
    const average = new WeightAverage(variables, 0.25);
    set(2);
    average.add(1); // decay 2/11
    const first = (2 / 11) * 1 + (9 / 11) * 2;
    expect(average.values().get('w')?.[0]).toBeCloseTo(first, 6);
    const resumed = new WeightAverage(variables, 0.25, average.values());
    set(6);
    for (const each of [average, resumed]) each.add(10); // 11/20 is more than 0.25
    expect(average.values().get('w')?.[0]).toBeCloseTo(0.25 * first + 0.75 * 6, 5);
    expect(resumed.values()).toEqual(average.values());
    average.assign();
    expect(weight.dataSync()[0]).toBe(average.values().get('w')?.[0]);
    for (const each of [average, resumed]) each.dispose();
    tf.dispose([weight]);
    expect(tf.memory().numTensors).toBe(tensors);
  });
});
