import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Buffer, placeBuffers } from './arena.ts';

const buffers = fc.array(
  fc
    .record({
      bytes: fc.integer({ min: 0, max: 5000 }),
      first: fc.integer({ min: 0, max: 20 }),
      life: fc.integer({ min: 0, max: 9 }),
    })
    .map(({ bytes, first, life }): Buffer => ({ bytes, first, last: first + life, address: -1 })),
  { maxLength: 40 },
);

describe('placeBuffers', () => {
  it('never lets two buffers overlap that live at the same step, and tells how much they take', () => {
    fc.assert(
      fc.property(buffers, (all) => {
        const bytes = placeBuffers(all);
        for (const [i, a] of all.entries()) {
          expect(a.address % 64).toBe(0);
          expect(a.address + a.bytes).toBeLessThanOrEqual(bytes);
          for (const b of all.slice(i + 1)) {
            const together = a.first <= b.last && b.first <= a.last;
            const apart = a.address + a.bytes <= b.address || b.address + b.bytes <= a.address;
            expect(!together || apart).toBe(true);
          }
        }
      }),
    );
  });

  it('uses a place again when its buffer is no longer needed', () => {
    const at = (bytes: number, first: number, last: number): Buffer => ({ bytes, first, last, address: 0 });
    expect(placeBuffers([at(640, 0, 1), at(640, 1, 2), at(640, 2, 3)])).toBe(1280);
  });
});
