import { type Mask, maskBox } from './mask.ts';

/** [x, y] on the grid of pixel corners: pixel (x, y) is the square from [x, y] to [x + 1, y + 1]. */
export type Corner = [x: number, y: number];

/** A closed line, its first point not repeated at the end. */
export type Ring = Corner[];

/** An outer ring (clockwise on the screen), then its holes (counter-clockwise), as GeoJSON nests them. */
export type Polygon = Ring[];

const EAST = 0;
const SOUTH = 1;
const WEST = 2;
const DX = [1, 0, -1, 0] as const;
const DY = [0, 1, 0, -1] as const;

/**
 * The outline of a mask as polygons that follow the pixels' edges, so that filling them (even-odd, at pixel centres)
 * gives the mask back exactly. One polygon for each piece; pixels that touch only at a corner are separate pieces.
 */
export function maskContour(mask: Mask): Polygon[] {
  const [left, top, width, height] = maskBox(mask);
  if (width === 0) return [];
  const polygons = outlines(cutOut(mask, left, top, width, height));
  for (const ring of polygons.flat()) {
    for (const corner of ring) {
      corner[0] += left;
      corner[1] += top;
    }
  }
  return polygons;
}

/** What tracing takes is for a lesion's box, which is a small part of an image. */
function cutOut(mask: Mask, left: number, top: number, width: number, height: number): Mask {
  const data = new Uint8Array(height * width);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * mask.width + left;
    data.set(mask.data.subarray(from, from + width), y * width);
  }
  return { height, width, data };
}

function outlines(mask: Mask): Polygon[] {
  const { height, width, data } = mask;
  const polygons: Polygon[] = [];
  const piece = new Int32Array(height * width).fill(-1);
  const traced = new Uint8Array(height * width); // pixels whose upper edge is in a ring already
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (!data[at] || (y > 0 && data[at - width]) || traced[at]) continue;
      const ring = traceRing(mask, x, y, traced);
      const owner = piece[at] as number;
      // The first upper edge of a piece, in reading order, is on its outer ring; all later ones are holes.
      if (owner >= 0) polygons[owner]?.push(ring);
      else floodPiece(mask, at, polygons.push([ring]) - 1, piece);
    }
  }
  return polygons;
}

/** Follows the edges with the mask on the right hand, from the upper edge of pixel (x, y) back to it. */
function traceRing({ height, width, data }: Mask, x: number, y: number, traced: Uint8Array): Ring {
  const inside = (px: number, py: number) =>
    px >= 0 && py >= 0 && px < width && py < height && data[py * width + px] === 1;
  const ring: Ring = [[x, y]];
  let [cx, cy, heading] = [x, y, EAST as number];
  for (;;) {
    if (heading === EAST) traced[cy * width + cx] = 1;
    cx += DX[heading] as number;
    cy += DY[heading] as number;
    // The two pixels before us: ahead to the right and ahead to the left.
    const right = inside(
      cx - (heading === SOUTH || heading === WEST ? 1 : 0),
      cy - (heading >= WEST ? 1 : 0),
    );
    const left = inside(cx - (heading >= WEST ? 1 : 0), cy - (heading === EAST || heading > WEST ? 1 : 0));
    const turn = right ? (left ? 3 : 0) : 1; // a saddle turns right, which keeps diagonal pixels apart
    if (turn === 0) continue;
    heading = (heading + turn) % 4;
    if (cx === x && cy === y && heading === EAST) return ring;
    ring.push([cx, cy]);
  }
}

/** Marks the pixels that hang together with `start` by their edges. */
function floodPiece({ height, width, data }: Mask, start: number, label: number, piece: Int32Array): void {
  const stack = [start];
  piece[start] = label;
  const visit = (at: number) => {
    if (data[at] === 0 || piece[at] !== -1) return;
    piece[at] = label;
    stack.push(at);
  };
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    const x = at % width;
    if (x > 0) visit(at - 1);
    if (x < width - 1) visit(at + 1);
    if (at >= width) visit(at - width);
    if (at < (height - 1) * width) visit(at + width);
  }
}
