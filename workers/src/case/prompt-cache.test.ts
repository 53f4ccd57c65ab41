import { expect, it } from 'vitest';
import { PromptCache } from './prompt-cache.ts';

it('computes the prompts of a seed once, and keeps those of the last four seeds', () => {
  const computed: number[] = [];
  const cache = new PromptCache();
  const ask = (seed: number) =>
    cache.get(seed, () => {
      computed.push(seed);
      return [new Float32Array([seed])];
    })[0]?.[0];
  expect([1, 1, 2, 3, 4, 1, 5, 1, 2].map(ask)).toEqual([1, 1, 2, 3, 4, 1, 5, 1, 2]);
  expect(computed).toEqual([1, 2, 3, 4, 5, 2]);
});
