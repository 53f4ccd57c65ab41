import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskContour, type Polygon, type Ring } from './contour.ts';
import { fillRings } from './fill-rings.ts';
import { keyhole } from './keyhole.ts';
import { maskOf, someMask } from './mask.fixtures.ts';

const area = (ring: Ring) =>
  ring.reduce((sum, [x, y], i) => {
    const [nextX, nextY] = ring[(i + 1) % ring.length] as [number, number];
    return sum + (x * nextY - nextX * y) / 2;
  }, 0);

describe('filling rings', () => {
  it('takes the pixels whose centres are inside', () => {
    const triangle = [
      [0, 0],
      [4, 0],
      [0, 4],
    ] as const;
    expect(fillRings([triangle], { height: 4, width: 5 })).toEqual(
      maskOf(['###..', '##...', '#....', '.....']),
    );
  });

  it('gives a centre on the outline to one side only', () => {
    const left = [
      [0, 0],
      [1.5, 0],
      [1.5, 2],
      [0, 2],
    ] as const;
    const right = [
      [1.5, 0],
      [3, 0],
      [3, 2],
      [1.5, 2],
    ] as const;
    const grid = { height: 2, width: 3 };
    expect(fillRings([left], grid)).toEqual(maskOf(['#..', '#..']));
    expect(fillRings([right], grid)).toEqual(maskOf(['.##', '.##']));
  });

  it('leaves out what is beyond the mask', () => {
    const large = [
      [-5, -5],
      [9, -5],
      [9, 9],
      [-5, 9],
    ] as const;
    expect(fillRings([large], { height: 2, width: 3 })).toEqual(maskOf(['###', '###']));
  });

  it('inverts the contour, in either sense', () => {
    fc.assert(
      fc.property(someMask, (mask) => {
        const rings = maskContour(mask).flat();
        expect(fillRings(rings, mask)).toEqual(mask);
        expect(
          fillRings(
            rings.map((ring) => ring.toReversed()),
            mask,
          ),
        ).toEqual(mask);
      }),
    );
  });
});

describe('a keyhole', () => {
  it('is the outer ring where there is no hole', () => {
    const [polygon] = maskContour(maskOf(['##', '#.'])) as [Polygon];
    expect(keyhole(polygon)).toEqual(polygon[0]);
  });

  it('joins a hole from its upper edge', () => {
    const [polygon] = maskContour(maskOf(['###', '#.#', '###'])) as [Polygon];
    const ring = keyhole(polygon);
    expect(ring.slice(0, 3)).toEqual([
      [0, 0],
      [1.5, 0],
      [1.5, 1],
    ]);
    expect(ring.length).toBe(4 + 4 + 4);
  });

  it('has the pixels and the area of the polygon', () => {
    fc.assert(
      fc.property(someMask, (mask) => {
        const polygons = maskContour(mask);
        const rings = polygons.map(keyhole);
        expect(fillRings(rings, mask)).toEqual(mask);
        polygons.forEach((polygon, i) => {
          const whole = polygon.reduce((sum, ring) => sum + area(ring), 0);
          expect(area(rings[i] as Ring)).toBeCloseTo(whole, 9);
        });
      }),
      { numRuns: 500 },
    );
  });
});
