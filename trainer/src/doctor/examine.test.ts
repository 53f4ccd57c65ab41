import { expect, test } from 'vitest';
import { type Examination, examine, recommend } from './examine.ts';

type Examined = Examination['backends'][number];
const backend = (name: Examined['name'], works: boolean, full: number | null): Examined => ({
  ...{ name, works, description: '', device: null },
  stepMs: { small: full, full },
});

test('the fastest backend that works is recommended, not the first', () => {
  const backends = [
    backend('tfjs-node-gpu', false, null),
    backend('tfjs-node', true, 700),
    backend('wasm', true, 500),
  ];
  expect(recommend(backends)).toBe('wasm');
  expect(recommend([backend('tfjs-node', true, null), backend('wasm', true, 500)])).toBe('wasm');
  expect(recommend([backend('cpu', true, null)])).toBe('cpu');
  expect(recommend([backend('cpu', false, null)])).toBeNull();
});

test('this machine is examined: WASM works, and what does not says why; a limit leaves steps out', async () => {
  const { backends, recommended, processor } = await examine(8000);
  expect(processor.cores).toBeGreaterThan(0);
  expect(backends.map(({ name }) => name)).toEqual(['tfjs-node-gpu', 'tfjs-node', 'wasm', 'cpu']);
  expect(backends.find(({ name }) => name === 'wasm')).toMatchObject({
    works: true,
    device: processor.model,
  });
  expect(backends.find(({ name }) => name === 'cpu')?.stepMs).toEqual({ small: null, full: null });
  for (const { works, description } of backends) if (!works) expect(description).not.toBe('');
  expect(recommended).not.toBe('cpu');
});
