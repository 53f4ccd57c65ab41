import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Quantization, readTensor, storedBytes, storedType, storeTensor } from './quantize.ts';

function roundTrip(type: Quantization, shape: readonly number[], data: Float32Array): Float32Array {
  const bytes = new Uint8Array(storedBytes(type, shape));
  storeTensor(type, shape, data, bytes);
  return readTensor(type, shape, bytes, { copy: false });
}

const kernel = fc
  .record({ rows: fc.integer({ min: 1, max: 20 }), channels: fc.integer({ min: 1, max: 9 }) })
  .chain(({ rows, channels }) =>
    fc
      .array(fc.float({ min: -100, max: 100, noNaN: true }), {
        minLength: rows * channels,
        maxLength: rows * channels,
      })
      .map((values) => ({ shape: [1, 1, rows, channels], channels, data: Float32Array.from(values) })),
  );

describe('int8', () => {
  it('is off by at most half a step of its own channel, and keeps the largest weight of each', () => {
    fc.assert(
      fc.property(kernel, ({ shape, channels, data }) => {
        const out = roundTrip('int8', shape, data);
        for (let c = 0; c < channels; c++) {
          const column = [...data].filter((_, i) => i % channels === c);
          const largest = Math.max(...column.map(Math.abs));
          [...out]
            .filter((_, i) => i % channels === c)
            .forEach((w, i) => {
              const tiny = 1e-40; // where the scale itself is subnormal, it has few bits
              const error = Math.abs(w - (column[i] as number));
              expect(error).toBeLessThanOrEqual((largest / 127) * 0.5001 + tiny);
              if (Math.abs(column[i] as number) === largest)
                expect(error).toBeLessThanOrEqual(largest * 1e-6 + tiny);
            });
        }
      }),
    );
  });

  it('has the bytes that the arithmetic says', () => {
    // channel 0: max 127 → scale 1; channel 1: max 2.54 → scale 0.02; channel 2: zeros
    const data = Float32Array.of(127, 2.54, 0, -63.6, -0.045, 0);
    const bytes = new Uint8Array(storedBytes('int8', [2, 3]));
    storeTensor('int8', [2, 3], data, bytes);
    expect([...new Float32Array(bytes.buffer, 0, 3)]).toEqual([1, Math.fround(0.02), 0]);
    expect([...new Int8Array(bytes.buffer, 12)]).toEqual([127, 127, 0, -64, -2, 0]);
  });

  it('does not change on a second round trip', () => {
    fc.assert(
      fc.property(kernel, ({ shape, data }) => {
        const once = roundTrip('int8', shape, data);
        const twice = roundTrip('int8', shape, once);
        once.forEach((w, i) => {
          expect(Math.abs(w - (twice[i] as number))).toBeLessThanOrEqual(Math.abs(w) * 1e-6 + 1e-40);
        });
      }),
    );
  });
});

it('float16 is off by at most 2^-11 of the value, or half of 2^-24', () => {
  fc.assert(
    fc.property(kernel, ({ shape, data }) => {
      roundTrip('float16', shape, data).forEach((w, i) => {
        const value = data[i] as number;
        expect(Math.abs(w - value)).toBeLessThanOrEqual(Math.max(Math.abs(value) * 2 ** -11, 2 ** -25));
      });
    }),
  );
});

it('float32 comes back bit by bit, as a view unless a copy is asked for', () => {
  const bytes = new Uint8Array(8);
  storeTensor('float32', [2], Float32Array.of(Math.PI, -0), bytes);
  const view = readTensor('float32', [2], bytes, { copy: false });
  expect([...view]).toEqual([Math.fround(Math.PI), -0]);
  expect(view.buffer).toBe(bytes.buffer);
  expect(readTensor('float32', [2], bytes, { copy: true }).buffer).not.toBe(bytes.buffer);
});

it('biases are stored as float32, whatever the kernels are', () => {
  expect(storedType('int8', [16])).toBe('float32');
  expect(storedType('int8', [3, 3, 1, 16])).toBe('int8');
  expect(storedType('float16', [16])).toBe('float32');
});
