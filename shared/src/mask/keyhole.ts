import type { Polygon, Ring } from './contour.ts';

/**
 * A polygon with holes as one ring: each hole is joined to what is above it by a cut of no width, there and back, as
 * DICOM wants contours (PS3.3 C.8.8.6.3, "keyhole"). Filling it, even-odd, gives the same pixels. Cuts run through
 * pixels of the mask, at half a pixel, so that no outline lies on an other.
 *
 * @param polygon as a mask's contour has it: an outer ring, then its holes.
 */
export function keyhole([outer, ...holes]: Polygon): Ring {
  let ring = outer ?? [];
  // From the top: a cut goes up to the outer ring or to a hole that is joined already.
  for (const hole of holes.map(fromTopEdge).sort(([a], [b]) => (a?.[1] ?? 0) - (b?.[1] ?? 0))) {
    const [x, y] = hole[0] as [number, number];
    const edge = edgeAbove(ring, x, y);
    const above = ring[edge]?.[1] as number;
    ring = [...ring.slice(0, edge + 1), [x, above], ...hole, [x, y], [x, above], ...ring.slice(edge + 1)];
  }
  return ring;
}

/** The ring of a hole, begun anew at the middle of a pixel on its uppermost edge. */
function fromTopEdge(hole: Ring): Ring {
  const top = Math.min(...hole.map(([, y]) => y));
  const end = hole.findIndex(([, y], i) => y === top && hole.at(i - 1)?.[1] === top);
  const [x] = hole[end] as [number, number];
  const [before] = hole.at(end - 1) as [number, number];
  return [[Math.min(x, before) + 0.5, top], ...hole.slice(end), ...hole.slice(0, end)];
}

/** Index of the point that begins the lowest horizontal edge above [x, y]. */
function edgeAbove(ring: Ring, x: number, y: number): number {
  let best = -1;
  ring.forEach(([x0, y0], i) => {
    const [x1, y1] = ring[(i + 1) % ring.length] as [number, number];
    if (y0 !== y1 || y0 >= y || x < Math.min(x0, x1) || x > Math.max(x0, x1)) return;
    if (best < 0 || y0 > (ring[best]?.[1] as number)) best = i;
  });
  if (best < 0) throw new RangeError('a hole with nothing above it');
  return best;
}
