import type { SourceFrame, SourceImage } from '../source-image.ts';

export type Vector = readonly [x: number, y: number, z: number];

/** Where the pixels of a frame lie in the patient (PS3.3 C.7.6.2.1.1). */
export interface Plane {
  /** Centre of the first pixel, millimetres. */
  readonly position: Vector;
  /** Direction in which the columns follow each other: along a row. */
  readonly alongRow: Vector;
  /** Direction in which the rows follow each other: down a column. */
  readonly downColumn: Vector;
  readonly spacing: readonly [row: number, column: number];
}

/** A frame's plane; null where the image does not say it. */
export function planeOf(
  frame: Pick<SourceFrame, 'imagePositionPatient' | 'imageOrientationPatient' | 'pixelSpacing'>,
): Plane | null {
  const { imagePositionPatient: p, imageOrientationPatient: o, pixelSpacing: spacing } = frame;
  if (p?.length !== 3 || o?.length !== 6 || spacing === undefined) return null;
  return {
    position: p as unknown as Vector,
    alongRow: o.slice(0, 3) as unknown as Vector,
    downColumn: o.slice(3) as unknown as Vector,
    spacing,
  };
}

/** The planes of all frames; null unless the source has a frame of reference and says all of them. */
export function planesOf({ frameOfReferenceUid, frames }: SourceImage): Plane[] | null {
  const planes = frames.map(planeOf);
  return frameOfReferenceUid !== undefined && planes.every((plane) => plane !== null) ? planes : null;
}

export function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Perpendicular to the plane: rows × columns. */
export function normalOf({ alongRow: r, downColumn: c }: Plane): Vector {
  return [r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]];
}

/** The point of the patient at a place of the pixel grid, where [0, 0] is the centre of the first pixel (equation C.7.6.2.1-1). */
export function toPatient(
  { position, alongRow, downColumn, spacing }: Plane,
  column: number,
  row: number,
): Vector {
  const [x, y] = [column * spacing[1], row * spacing[0]];
  return [0, 1, 2].map(
    (i) => (position[i] as number) + x * (alongRow[i] as number) + y * (downColumn[i] as number),
  ) as unknown as Vector;
}

/** The inverse of {@link toPatient}: the place on the grid below a point, and how far above it the point is, in millimetres. */
export function toGrid(plane: Plane, point: Vector): { column: number; row: number; distance: number } {
  const offset = [0, 1, 2].map(
    (i) => (point[i] as number) - (plane.position[i] as number),
  ) as unknown as Vector;
  return {
    column: dot(offset, plane.alongRow) / plane.spacing[1],
    row: dot(offset, plane.downColumn) / plane.spacing[0],
    distance: dot(offset, normalOf(plane)),
  };
}
