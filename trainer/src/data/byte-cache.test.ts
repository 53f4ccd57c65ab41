import { expect, it } from 'vitest';
import { ByteCache } from './byte-cache.ts';

it('drops what was not asked for longest, and never holds more than its limit', () => {
  const cache = new ByteCache<string>(10);
  cache.set('a', 'A', 4);
  cache.set('b', 'B', 4);
  expect(cache.get('a')).toBe('A');
  cache.set('c', 'C', 4);
  expect(cache.get('b')).toBeUndefined();
  expect([cache.get('a'), cache.get('c')]).toEqual(['A', 'C']);
  cache.set('huge', 'H', 11);
  expect(cache.get('huge')).toBeUndefined();
  cache.set('a', 'A2', 6);
  expect([cache.get('a'), cache.bytes]).toEqual(['A2', 10]);
});
