import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from './convex-hull.ts';
import { type Diameter, type Diameters, maskDiameters } from './diameters.ts';
import { maskOf, someMask } from './mask.fixtures.ts';
import type { Mask } from './mask.ts';

const someSpacing = fc.record({
  row: fc.double({ min: 0.2, max: 3, noNaN: true }),
  column: fc.double({ min: 0.2, max: 3, noNaN: true }),
});

/** Pieces of pixels that touch at an edge or a corner, by flooding. */
function pieces({ height, width, data }: Mask): Point[][] {
  const left = new Set([...data.keys()].filter((i) => data[i] === 1));
  const out: Point[][] = [];
  while (left.size > 0) {
    const [start] = left as Set<number> & { 0: number };
    const queue = [start as number];
    const piece: Point[] = [];
    left.delete(start as number);
    for (let i = queue.pop(); i !== undefined; i = queue.pop()) {
      const [x, y] = [i % width, Math.floor(i / width)];
      piece.push([x, y]);
      for (let dy = -1; dy <= 1; dy++) {
        for (let dx = -1; dx <= 1; dx++) {
          if (x + dx < 0 || x + dx >= width || y + dy < 0 || y + dy >= height) continue;
          if (left.delete(i + dy * width + dx)) queue.push(i + dy * width + dx);
        }
      }
    }
    out.push(piece);
  }
  return out;
}

const corners = (pixels: readonly Point[]) =>
  pixels.flatMap(([x, y]): Point[] => [
    [x, y],
    [x + 1, y],
    [x, y + 1],
    [x + 1, y + 1],
  ]);

type Spacing = { row: number; column: number };
const distance = ([a, b]: readonly [Point, Point], { row, column }: Spacing) =>
  Math.hypot((a[0] - b[0]) * column, (a[1] - b[1]) * row);

/** The length of the line through a point of the mask's plane, from its first to its last pixel, by clipping each. */
function lineAcross(pixels: readonly Point[], through: Point, direction: Point, spacing: Spacing): number {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const [x, y] of pixels) {
    let [from, to] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const sides = [
      [x * spacing.column, (x + 1) * spacing.column, through[0], direction[0]],
      [y * spacing.row, (y + 1) * spacing.row, through[1], direction[1]],
    ] as const;
    for (const [near, far, origin, step] of sides) {
      const [p, q] = [(near - origin) / step, (far - origin) / step];
      from = Math.max(from, Math.min(p, q));
      to = Math.min(to, Math.max(p, q));
    }
    if (from > to) continue;
    [low, high] = [Math.min(low, from), Math.max(high, to)];
  }
  return high - low;
}

describe('the diameters of a mask', () => {
  it('of one pixel are its diagonals', () => {
    const { long, short } = maskDiameters(maskOf(['...', '.#.']), { row: 1, column: 1 }) as Diameters;
    expect(long.length).toBeCloseTo(Math.SQRT2, 12);
    expect(short.length).toBeCloseTo(Math.SQRT2, 12);
  });

  it('of a bar of 3 × 4 mm are its diagonal of 5 mm and the perpendicular between its sides', () => {
    // 4 columns of 1 mm, 2 rows of 1.5 mm. Across the diagonal, at a corner: 3 / cos(atan(3/4)) cut off by the side.
    const { long, short } = maskDiameters(maskOf(['####', '####']), { row: 1.5, column: 1 }) as Diameters;
    expect(long.length).toBeCloseTo(5, 12);
    expect(short.length).toBeCloseTo(3 / 0.8, 12);
  });

  it('of a long line is its length', () => {
    const { long, short } = maskDiameters(maskOf(['#'.repeat(100)]), { row: 0.5, column: 0.5 }) as Diameters;
    expect(long.length).toBeCloseTo(Math.hypot(50, 0.5), 12);
    expect(short.length).toBeCloseTo(0.5 / (50 / Math.hypot(50, 0.5)), 12);
  });

  it('does not bridge pieces', () => {
    const { long } = maskDiameters(maskOf(['#.......##']), { row: 1, column: 1 }) as Diameters;
    expect(long.length).toBeCloseTo(Math.hypot(2, 1), 12);
    expect(long.ends.map(([x]) => x).sort()).toEqual([10, 8]);
  });

  it('takes pixels that touch at a corner for one piece', () => {
    const mask = maskOf(['##...', '##...', '..#..', '.....', '....#']);
    expect(maskDiameters(mask, { row: 1, column: 1 })?.long.length).toBeCloseTo(3 * Math.SQRT2, 12);
  });

  it('of nothing are none', () => expect(maskDiameters(maskOf(['..']), { row: 1, column: 1 })).toBeNull());

  it('are the longest of all pairs of corners of a piece, and the longest line perpendicular to it', () => {
    fc.assert(
      fc.property(someMask, someSpacing, (mask, spacing) => {
        fc.pre(mask.data.includes(1));
        const { long, short } = maskDiameters(mask, spacing) as Diameters;
        const all = pieces(mask);
        const longest = all.map((piece) => {
          const points = corners(piece);
          return Math.max(...points.flatMap((a) => points.map((b) => distance([a, b], spacing))));
        });
        expect(long.length).toBeCloseTo(Math.max(...longest), 9);

        const measured = all.find((piece) =>
          long.ends.every((end) =>
            corners(piece).some(([x, y]) => Math.hypot(x - end[0], y - end[1]) < 1e-9),
          ),
        ) as Point[];
        const inMm = ({ ends }: Diameter) =>
          ends.map(([x, y]): Point => [x * spacing.column, y * spacing.row]) as [Point, Point];
        const [a, b] = inMm(long);
        const [c, d] = inMm(short);
        expect(distance(long.ends, spacing)).toBeCloseTo(long.length, 9);
        expect(distance(short.ends, spacing)).toBeCloseTo(short.length, 9);
        expect((b[0] - a[0]) * (d[0] - c[0]) + (b[1] - a[1]) * (d[1] - c[1])).toBeCloseTo(0, 6);

        const across: Point = [-(b[1] - a[1]) / long.length, (b[0] - a[0]) / long.length];
        const lines = corners(measured).map(([x, y]) => {
          // Just beside the corner: on it, rounding decides whether a line that only touches a pixel counts.
          const beside = [-1e-7, 1e-7].map(
            (shift): Point => [x * spacing.column + shift * -across[1], y * spacing.row + shift * across[0]],
          );
          return Math.max(...beside.map((point) => lineAcross(measured, point, across, spacing)));
        });
        expect(short.length).toBeCloseTo(Math.max(...lines), 4);
      }),
      { numRuns: 300 },
    );
  });
});
