import { maskContour } from '../../mask/contour.ts';
import { keyhole } from '../../mask/keyhole.ts';
import type { Mask } from '../../mask/mask.ts';
import { type Plane, toPatient, type Vector } from './geometry.ts';

/**
 * The outlines of a mask in the patient: closed, a ring for each piece, holes joined by a cut. They follow the pixels'
 * edges, half a pixel beside their centres.
 */
export function planeContours(mask: Mask, plane: Plane): Vector[][] {
  return maskContour(mask).map((polygon) =>
    keyhole(polygon).map(([x, y]) => toPatient(plane, x - 0.5, y - 0.5)),
  );
}
