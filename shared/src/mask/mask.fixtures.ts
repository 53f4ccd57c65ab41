import fc from 'fast-check';
import type { Mask } from './mask.ts';

/** A mask drawn with `#` and `.`. */
export function maskOf(rows: readonly string[]): Mask {
  const width = rows[0]?.length ?? 0;
  return {
    height: rows.length,
    width,
    data: Uint8Array.from(rows.join(''), (char) => (char === '#' ? 1 : 0)),
  };
}

/** Masks up to 12 × 12, from empty to full: with holes, islands in holes and corners that touch. */
export const someMask: fc.Arbitrary<Mask> = fc
  .record({ height: fc.integer({ min: 1, max: 12 }), width: fc.integer({ min: 1, max: 12 }) })
  .chain(({ height, width }) =>
    fc
      .array(fc.integer({ min: 0, max: 1 }), { minLength: height * width, maxLength: height * width })
      .map((values) => ({ height, width, data: Uint8Array.from(values) })),
  );
