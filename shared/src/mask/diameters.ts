import { maskContour, type Polygon, type Ring } from './contour.ts';
import { convexHull, type Point } from './convex-hull.ts';
import { longestAcross } from './longest-across.ts';
import type { Mask } from './mask.ts';

/** Millimetres from one pixel centre to the next. */
export interface Spacing {
  /** Between rows: down a column. */
  readonly row: number;
  /** Between columns: along a row. */
  readonly column: number;
}

/** A straight line across a mask. */
export interface Diameter {
  /** Millimetres. */
  readonly length: number;
  /** Its ends on the grid of pixel corners, as in a contour: pixel (x, y) is the square from [x, y] to [x + 1, y + 1]. */
  readonly ends: readonly [Point, Point];
}

/** What a radiologist reports of a lesion's size. */
export interface Diameters {
  readonly long: Diameter;
  readonly short: Diameter;
}

/**
 * The longest diameter of a mask, and the longest one perpendicular to it: both from boundary to boundary, so that a
 * single pixel measures its diagonal. As with a ruler on a film, a line may cross a notch or a hole, but it does not
 * bridge pieces: the piece with the longest diameter counts, where pixels that touch at a corner are one piece.
 * Null for an empty mask.
 */
export function maskDiameters(mask: Mask, spacing: Spacing): Diameters | null {
  const pieces = joinAtCorners(maskContour(mask)).map((rings) =>
    rings.map((ring) => ring.map(([x, y]): Point => [x * spacing.column, y * spacing.row])),
  );
  let best: { piece: Point[][]; long: Diameter } | null = null;
  for (const piece of pieces) {
    const long = longestDistance(convexHull(piece.flat()));
    if (best === null || long.length > best.long.length) best = { piece, long };
  }
  if (best === null) return null;
  const onGrid = ({ length, ends: [a, b] }: Diameter): Diameter => ({
    length,
    ends: [
      [a[0] / spacing.column, a[1] / spacing.row],
      [b[0] / spacing.column, b[1] / spacing.row],
    ],
  });
  return { long: onGrid(best.long), short: onGrid(longestAcross(best.piece, best.long.ends)) };
}

/** The rings of the polygons, together where polygons touch at a corner (disjoint sets). */
function joinAtCorners(polygons: readonly Polygon[]): Ring[][] {
  const parents = polygons.map((_, i) => i);
  const rootOf = (i: number): number => {
    let at = i;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at] as number] as number;
      at = parents[at] as number;
    }
    return at;
  };
  const owners = new Map<string, number>();
  polygons.forEach((rings, i) => {
    for (const corner of rings.flat()) {
      const owner = owners.get(corner.join());
      if (owner === undefined) owners.set(corner.join(), i);
      else parents[rootOf(i)] = rootOf(owner);
    }
  });
  const pieces = Map.groupBy(polygons.keys(), rootOf);
  return [...pieces.values()].map((members) => members.flatMap((i) => polygons[i] as Polygon));
}

/** The two points farthest from each other; the first such pair if several are. */
function longestDistance(hull: readonly Point[]): Diameter {
  let best = -1;
  let ends: [Point, Point] | undefined;
  hull.forEach((a, i) => {
    for (const b of hull.slice(i + 1)) {
      const square = (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;
      if (square <= best) continue;
      best = square;
      ends = [a, b];
    }
  });
  if (ends === undefined) throw new RangeError('a hull of fewer than two points');
  return { length: Math.sqrt(best), ends };
}
