import type { Point } from './convex-hull.ts';

/** An edge of the outline, seen along an axis: from [t, s] on, its end not before its start. */
interface Edge {
  readonly start: number;
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The longest line across rings that is perpendicular to an axis, from the outermost crossing with the outline on one
 * side to that on the other. Between two neighbouring corners both are bent outwards at most (the largest of linear
 * functions), so that the longest line goes through a corner.
 *
 * @param axis two different points.
 */
export function longestAcross(
  rings: readonly (readonly Point[])[],
  [a, b]: readonly [Point, Point],
): { length: number; ends: [Point, Point] } {
  const norm = Math.hypot(b[0] - a[0], b[1] - a[1]);
  const u: Point = [(b[0] - a[0]) / norm, (b[1] - a[1]) / norm];
  const along = ([x, y]: Point) => x * u[0] + y * u[1];
  const beside = ([x, y]: Point) => y * u[0] - x * u[1];
  const tolerance = norm * 1e-9; // corners at the same place of the axis, but for rounding

  const edges = rings.flatMap((ring) => ring.map((p, i) => edgeOf(p, ring[(i + 1) % ring.length] as Point)));
  function edgeOf(p: Point, q: Point): Edge {
    const [first, second] = along(p) <= along(q) ? [p, q] : [q, p];
    return { start: along(first), end: along(second), from: beside(first), to: beside(second) };
  }
  edges.sort((e, f) => e.start - f.start);
  const corners = rings
    .flat()
    .map(along)
    .sort((s, t) => s - t);

  let best = { length: -1, t: 0, low: 0 };
  let active: Edge[] = [];
  let next = 0;
  for (const t of corners) {
    while (next < edges.length && (edges[next] as Edge).start <= t + tolerance)
      active.push(edges[next++] as Edge);
    active = active.filter(({ end }) => end >= t - tolerance);
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const { start, end, from, to } of active) {
      const upright = end - start <= tolerance;
      const share = upright ? 0 : Math.min(1, Math.max(0, (t - start) / (end - start)));
      const s = from + share * (to - from);
      low = Math.min(low, s, upright ? to : s);
      high = Math.max(high, s, upright ? to : s);
    }
    if (high - low > best.length) best = { length: high - low, t, low };
  }
  const point = (t: number, s: number): Point => [t * u[0] - s * u[1], t * u[1] + s * u[0]];
  return { length: best.length, ends: [point(best.t, best.low), point(best.t, best.low + best.length)] };
}
