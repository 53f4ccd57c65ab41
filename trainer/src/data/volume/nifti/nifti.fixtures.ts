import { gzipSync } from 'node:zlib';

type Triple = readonly [number, number, number];

export interface NiftiWriting {
  /** Voxels along x to the right, y to anterior, z to the head. */
  readonly dims: Triple;
  /** Millimetres. */
  readonly spacing?: Triple;
  readonly origin?: Triple;
  readonly value: (x: number, y: number, z: number) => number;
}

/** A NIfTI-1 file of float32, packed. */
export function niftiFile({
  dims,
  spacing = [1, 1, 1],
  origin = [0, 0, 0],
  value,
}: NiftiWriting): Uint8Array {
  const voxels = dims[0] * dims[1] * dims[2];
  const bytes = new Uint8Array(352 + 4 * voxels);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, true);
  [3, ...dims, 1, 1, 1, 1].forEach((size, i) => {
    view.setInt16(40 + 2 * i, size, true);
  });
  view.setInt16(70, 16, true);
  view.setInt16(72, 32, true);
  [1, ...spacing].forEach((size, i) => {
    view.setFloat32(76 + 4 * i, size, true);
  });
  view.setFloat32(108, 352, true);
  view.setInt16(254, 1, true); // sform
  for (let axis = 0; axis < 3; axis++) {
    view.setFloat32(280 + 16 * axis + 4 * axis, spacing[axis] as number, true);
    view.setFloat32(280 + 16 * axis + 12, origin[axis] as number, true);
  }
  bytes.set(new TextEncoder().encode('n+1\0'), 344);
  for (let i = 0; i < voxels; i++) {
    const x = i % dims[0];
    const y = Math.floor(i / dims[0]) % dims[1];
    const z = Math.floor(i / (dims[0] * dims[1]));
    view.setFloat32(352 + 4 * i, value(x, y, z), true);
  }
  return new Uint8Array(gzipSync(bytes));
}
