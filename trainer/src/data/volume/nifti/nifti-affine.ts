import type { NIFTI1, NIFTI2 } from 'nifti-reader-js';
import type { Affine3 } from '../axial-grid.ts';

/**
 * A volume's place in the patient: by its sform if it has one, else by its qform, else by its voxels' sizes alone
 * (nifti1.h, methods 3, 2 and 1). Of two, the sform counts, as in nibabel and ITK.
 *
 * @param sform of the header, if its code says that there is one
 */
export function niftiAffine(header: NIFTI1 | NIFTI2, sform: Affine3 | undefined): Affine3 {
  if (sform !== undefined) return sform;
  const [, dx = 1, dy = 1, dz = 1] = header.pixDims.map((size) => Math.abs(size) || 1);
  if (header.qform_code <= 0) {
    // Without a place in the patient, nibabel takes axes as radiologists store them: x to the left.
    return [
      [-dx, 0, 0, 0],
      [0, dy, 0, 0],
      [0, 0, dz, 0],
    ];
  }
  const { quatern_b: b, quatern_c: c, quatern_d: d, qoffset_x, qoffset_y, qoffset_z } = header;
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d)); // rounding may bring the sum above 1
  const k = (header.pixDims[0] as number) < 0 ? -dz : dz;
  return [
    [(a * a + b * b - c * c - d * d) * dx, 2 * (b * c - a * d) * dy, 2 * (b * d + a * c) * k, qoffset_x],
    [2 * (b * c + a * d) * dx, (a * a + c * c - b * b - d * d) * dy, 2 * (c * d - a * b) * k, qoffset_y],
    [2 * (b * d - a * c) * dx, 2 * (c * d + a * b) * dy, (a * a + d * d - c * c - b * b) * k, qoffset_z],
  ];
}
