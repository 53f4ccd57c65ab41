import { expect, it } from 'vitest';
import { endure } from './endure.ts';

/** The whole ten thousand: `npm run check:endurance`. */
it('nothing of the engine grows over requests of varying sizes, and all stays within an isolate', async () => {
  const { intervals, statuses, peak_mb, grown } = await endure(120, 3);
  expect(Object.keys(statuses)).toEqual(expect.arrayContaining(['200', '400', '404']));
  expect(statuses).not.toHaveProperty('500');
  expect(intervals.at(-1)?.engine_mb).toBeGreaterThan(1);
  expect(grown.engine_mb).toBeLessThanOrEqual(1);
  expect(peak_mb).toBeLessThan(128);
}, 240_000);
