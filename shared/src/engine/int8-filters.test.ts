import fc from 'fast-check';
import { expect, it } from 'vitest';
import { readTensor, storedBytes, storeTensor } from '../release/quantize.ts';
import { asInt8 } from './int8-filters.ts';

it('finds the integers and scales of every int8 release again, to the bit', () => {
  const numbers = fc.float({ noNaN: true, noDefaultInfinity: true, min: -8, max: 8 });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(numbers, { minLength: 1, maxLength: 40 }),
      (n, some) => {
        const rows = Math.ceil(some.length / n);
        const data = Float32Array.from({ length: rows * n }, (_, i) => some[i % some.length] as number);
        const bytes = new Uint8Array(storedBytes('int8', [rows, n]));
        storeTensor('int8', [rows, n], data, bytes);
        const filters = readTensor('int8', [rows, n], bytes, { copy: true });
        const found = asInt8(filters, n);
        expect(found).toBeDefined();
        const again = found?.values.reduce(
          (out, q, i) => {
            out[i] = q * (found.scales[i % n] as number);
            return out;
          },
          new Float32Array(rows * n),
        );
        expect(again?.every((w, i) => w === filters[i])).toBe(true);
      },
    ),
  );
});

it('leaves other filters alone', () => {
  expect(asInt8(Float32Array.of(1, 0.3, 0.7, 0.1), 1)).toBeUndefined();
});
