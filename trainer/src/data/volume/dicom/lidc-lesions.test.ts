import { maskContour } from '@d-persona/shared/mask/contour.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inside } from './lidc-lesions.ts';

const SIDE = 24;

/** One piece without holes: rectangles that overlap, filled from outside, the largest piece of what is left. */
function blob(rectangles: readonly (readonly [number, number, number, number])[]): Uint8Array {
  const drawn = new Uint8Array(SIDE * SIDE);
  for (const [left, top, width, height] of rectangles) {
    for (let y = top; y < top + height; y++) drawn.fill(1, y * SIDE + left, y * SIDE + left + width);
  }
  const flood = (from: number, through: (i: number) => boolean) => {
    const reached = new Set([from]);
    for (const i of reached) {
      const x = i % SIDE;
      for (const [next, ok] of [
        [i - 1, x > 0],
        [i + 1, x < SIDE - 1],
        [i - SIDE, i >= SIDE],
        [i + SIDE, i < SIDE * (SIDE - 1)],
      ] as const) {
        if (ok && through(next)) reached.add(next);
      }
    }
    return reached;
  };
  const piece = flood(drawn.indexOf(1), (i) => drawn[i] === 1);
  const outside = flood(0, (i) => !piece.has(i));
  return Uint8Array.from(drawn, (_, i) => (outside.has(i) ? 0 : 1));
}

/** The pixels just outside a mask in the order of its outline, as LIDC's readers drew them. */
function edgeOf(mask: Uint8Array): [number, number][] {
  const ring = maskContour({ height: SIDE, width: SIDE, data: mask })[0]?.[0] ?? [];
  return ring.flatMap(([x0, y0], i) => {
    const [x1, y1] = ring[(i + 1) % ring.length] as [number, number];
    const steps = Math.abs(x1 - x0) + Math.abs(y1 - y0);
    const [dx, dy] = [Math.sign(x1 - x0), Math.sign(y1 - y0)];
    // Clockwise on the screen: outside is to the left of the way.
    return Array.from({ length: steps }, (_, k): [number, number] => {
      const [x, y] = [x0 + k * dx, y0 + k * dy];
      if (dx > 0) return [x, y - 1];
      if (dx < 0) return [x - 1, y];
      return dy > 0 ? [x, y] : [x - 1, y - 1];
    });
  });
}

describe("what LIDC's line encloses", () => {
  it('is the nodule, for any shape without holes', () => {
    const rectangle = fc.tuple(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 10 }),
      fc.integer({ min: 1, max: 10 }),
    );
    fc.assert(
      fc.property(fc.array(rectangle, { minLength: 1, maxLength: 6 }), (rectangles) => {
        const mask = blob(rectangles);
        expect(inside({ edge: edgeOf(mask) }, SIDE, SIDE)).toEqual(mask);
      }),
      { numRuns: 300 },
    );
  });
});
