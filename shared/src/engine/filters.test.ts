import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Random } from '../random.ts';
import { engineModule } from './engine.fixtures.ts';
import { preparedBytes, prepareFilters } from './filters.ts';
import { linkKernels } from './kernels.ts';

it.each(['engine', 'engine-relaxed'] as const)(
  '%s prepares integers as it prepares the numbers that they stand for',
  async (variant) => {
    const module = await engineModule(variant);
    const memory = new WebAssembly.Memory({ initial: 32, maximum: 65536 });
    const kernels = linkKernels(module, memory);
    const multiples = (most: number) => fc.integer({ min: 1, max: most }).map((i) => 4 * i);
    fc.assert(
      fc.property(
        fc.constantFrom('winograd2' as const, 'winograd4' as const),
        multiples(6),
        multiples(8),
        fc.integer({ min: 0, max: 1000 }),
        (method, depth, n, seed) => {
          const random = new Random(seed);
          const count = 9 * depth * n;
          const integers = Int8Array.from({ length: count }, () => random.integer(255) - 127);
          const scales = Float32Array.from({ length: n }, () => 0.001 + random.uniform());
          const [scratch, plain, scalesAt, to] = [16384, 32768, 131072, 262144];
          const prepared = (scaled: number) => {
            prepareFilters(kernels, { method, depth, n, scales: scaled }, plain, to, scratch);
            return new Float32Array(memory.buffer, to, preparedBytes(method, depth, n) / 4).slice();
          };
          new Float32Array(memory.buffer, to, preparedBytes(method, depth, n) / 4).fill(0);
          new Float32Array(memory.buffer, scalesAt, n).set(scales);
          new Int8Array(memory.buffer, plain, count).set(integers);
          const ofIntegers = prepared(scalesAt);
          new Float32Array(memory.buffer, plain, count).set(
            Float32Array.from(integers, (q, i) => q * (scales[i % n] as number)),
          );
          const ofNumbers = prepared(0);
          const furthest = ofNumbers.reduce(
            (most, value, i) => Math.max(most, Math.abs(value - (ofIntegers[i] ?? Number.NaN))),
            0,
          );
          expect(Math.max(...ofNumbers)).toBeGreaterThan(0);
          expect(furthest).toBeLessThan(1e-4);
        },
      ),
      { numRuns: 60 },
    );
  },
);
