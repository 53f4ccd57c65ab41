import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskContour, type Polygon, type Ring } from './contour.ts';
import { maskOf, someMask } from './mask.fixtures.ts';
import { maskArea } from './mask.ts';

/** Even-odd filling at pixel centres: toggles everything right of each vertical edge. */
function filled(polygons: readonly Polygon[], height: number, width: number): Uint8Array {
  const data = new Uint8Array(height * width);
  for (const ring of polygons.flat()) {
    ring.forEach(([x, y], i) => {
      const [nextX, nextY] = ring[(i + 1) % ring.length] as [number, number];
      if (x !== nextX) return;
      for (let row = Math.min(y, nextY); row < Math.max(y, nextY); row++) {
        for (let column = x; column < width; column++)
          data[row * width + column] = 1 - (data[row * width + column] ?? 0);
      }
    });
  }
  return data;
}

/** The shoelace formula; positive for a ring that runs clockwise on the screen. */
function signedArea(ring: Ring): number {
  return (
    ring.reduce((sum, [x, y], i) => {
      const [nextX, nextY] = ring[(i + 1) % ring.length] as [number, number];
      return sum + x * nextY - nextX * y;
    }, 0) / 2
  );
}

describe('the contour of a mask', () => {
  it('of one pixel is its four corners', () => {
    const square = [
      [1, 1],
      [2, 1],
      [2, 2],
      [1, 2],
    ];
    expect(maskContour(maskOf(['...', '.#.', '...']))).toEqual([[square]]);
  });

  it('has a hole, and the island in the hole is a polygon of its own', () => {
    const polygons = maskContour(maskOf(['#####', '#...#', '#.#.#', '#...#', '#####']));
    expect(polygons.map((polygon) => polygon.map(signedArea))).toEqual([[25, -9], [1]]);
  });

  it('keeps pixels apart that touch at a corner', () => {
    expect(maskContour(maskOf(['#.', '.#'])).map((polygon) => polygon.length)).toEqual([1, 1]);
  });

  it('of nothing is nothing', () => expect(maskContour(maskOf(['..', '..']))).toEqual([]));

  it('gives the mask back when filled, without needless corners, each ring the right way round', () => {
    fc.assert(
      fc.property(someMask, (mask) => {
        const polygons = maskContour(mask);
        expect(filled(polygons, mask.height, mask.width)).toEqual(mask.data);
        for (const [outer, ...holes] of polygons) {
          expect(signedArea(outer as Ring)).toBeGreaterThan(0);
          for (const hole of holes) expect(signedArea(hole)).toBeLessThan(0);
        }
        const area = polygons.flat().reduce((sum, ring) => sum + signedArea(ring), 0);
        expect(area).toBe(maskArea(mask));
        for (const ring of polygons.flat()) {
          ring.forEach(([x, y], i) => {
            const [nextX, nextY] = ring[(i + 1) % ring.length] as [number, number];
            const [afterX, afterY] = ring[(i + 2) % ring.length] as [number, number];
            expect((x === nextX) !== (nextX === afterX)).toBe(true);
            expect((y === nextY) !== (nextY === afterY)).toBe(true);
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  it('holes lie in the polygon that names them', () => {
    fc.assert(
      fc.property(someMask, (mask) => {
        for (const polygon of maskContour(mask)) {
          // A hole outside its outer ring would make the polygon's fill larger than its outer ring's.
          const whole = filled([polygon], mask.height, mask.width);
          const outer = filled([[polygon[0] as Ring]], mask.height, mask.width);
          expect(whole.every((value, i) => value <= (outer[i] as number))).toBe(true);
        }
      }),
    );
  });
});
