import { type Plane, toGrid, toPatient } from '../answer/geometry.ts';

/** Takes a pixel of one grid to the same place of another: whole steps, perhaps turned or flipped. */
export interface GridMapping {
  readonly column: (column: number, row: number) => number;
  readonly row: (column: number, row: number) => number;
}

/** The largest part of a pixel that two grids may be apart. */
const TOLERANCE = 0.1;

/**
 * How the pixels of one plane lie on those of another; null unless each centre of one, over all of its size, lies on a
 * centre of the other's grid.
 */
export function mapGrid(from: Plane, size: { rows: number; columns: number }, to: Plane): GridMapping | null {
  const place = (column: number, row: number) => toGrid(to, toPatient(from, column, row));
  const origin = place(0, 0);
  const alongRow = step(origin, place(size.columns, 0), size.columns);
  const downColumn = step(origin, place(0, size.rows), size.rows);
  const [c, r] = [Math.round(origin.column), Math.round(origin.row)];
  if (alongRow === null || downColumn === null) return null;
  if (Math.abs(origin.column - c) > TOLERANCE || Math.abs(origin.row - r) > TOLERANCE) return null;
  return {
    column: (x, y) => c + x * alongRow.column + y * downColumn.column,
    row: (x, y) => r + x * alongRow.row + y * downColumn.row,
  };
}

type Place = { readonly column: number; readonly row: number };

/** The step from one pixel to the next, if it is one pixel of the other grid. */
function step(from: Place, to: Place, pixels: number): Place | null {
  const exact = { column: (to.column - from.column) / pixels, row: (to.row - from.row) / pixels };
  const whole = { column: Math.round(exact.column), row: Math.round(exact.row) };
  const apart = Math.max(Math.abs(exact.column - whole.column), Math.abs(exact.row - whole.row)) * pixels;
  return Math.abs(whole.column) + Math.abs(whole.row) === 1 && apart <= TOLERANCE ? whole : null;
}
