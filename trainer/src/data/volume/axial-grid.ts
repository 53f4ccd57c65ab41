/** Rows of [x, y, z, 1] in millimetres, x to the right, y to anterior, z to the head, from voxel indices [i, j, k, 1]. */
export type Affine3 = readonly (readonly number[])[];

type Triple = readonly [number, number, number];

/** How to walk through stored voxels slice by slice from the feet to the head, each as radiologists see it. */
export interface AxialGrid {
  /** Slices, rows (to posterior), columns (to the patient's left). */
  readonly sizes: Triple;
  /** Index of the first voxel, and steps from one slice, row and column to the next. */
  readonly start: number;
  readonly steps: Triple;
  /** Millimetres between slices, rows and columns. */
  readonly spacing: Triple;
  /** Where the first and the last voxel's centres lie, x, y, z in millimetres. */
  readonly corners: readonly [first: Triple, last: Triple];
}

const ORDERS: readonly Triple[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/**
 * The axial slices of a volume, whatever the order and direction of its stored axes: each axis counts as that of the
 * patient to which it is nearest, so oblique volumes are cut along their own axes and nothing is interpolated.
 *
 * @param dims voxels along i, j, k, the first fastest
 * @returns null where the affine has no inverse
 */
export function axialGrid(affine: Affine3, dims: Triple): AxialGrid | null {
  const lengths = [0, 1, 2].map((axis) => Math.hypot(...[0, 1, 2].map((world) => at(affine, world, axis))));
  if (!lengths.every((length) => length > 0 && Number.isFinite(length))) return null;
  const cosine = (world: number, axis: number) => at(affine, world, axis) / (lengths[axis] as number);
  const fit = (order: Triple) => order.reduce((sum, axis, world) => sum + Math.abs(cosine(world, axis)), 0);
  const [x, y, z] = ORDERS.reduce((best, order) => (fit(order) > fit(best) + 1e-9 ? order : best));
  const walk = [
    { axis: z, backwards: cosine(2, z) < 0 },
    { axis: y, backwards: cosine(1, y) > 0 },
    { axis: x, backwards: cosine(0, x) > 0 },
  ] as const;
  const strides = [1, dims[0], dims[0] * dims[1]];
  const triple = (value: (step: (typeof walk)[number]) => number) => walk.map(value) as unknown as Triple;
  const corner = (far: boolean) => {
    const index = [0, 0, 0];
    for (const { axis, backwards } of walk) {
      index[axis] = backwards === far ? 0 : (dims[axis] as number) - 1;
    }
    return [0, 1, 2].map(
      (world) => at(affine, world, 3) + index.reduce((sum, i, axis) => sum + i * at(affine, world, axis), 0),
    ) as unknown as Triple;
  };
  return {
    sizes: triple(({ axis }) => dims[axis] as number),
    start: walk.reduce(
      (sum, { axis, backwards }) =>
        sum + (backwards ? ((dims[axis] as number) - 1) * (strides[axis] as number) : 0),
      0,
    ),
    steps: triple(({ axis, backwards }) => (backwards ? -1 : 1) * (strides[axis] as number)),
    spacing: triple(({ axis }) => lengths[axis] as number),
    corners: [corner(false), corner(true)],
  };
}

/** Largest part of a voxel by which two grids may be apart: headers are rounded. */
const TOLERANCE = 0.1;

/** What is different about two grids; undefined where they are the same. */
export function gridDifference(a: AxialGrid, b: AxialGrid): string | undefined {
  const sizes = ({ sizes: [slices, rows, columns] }: AxialGrid) => `${columns} × ${rows} × ${slices} voxels`;
  if (a.sizes.some((size, i) => size !== b.sizes[i])) return `has ${sizes(a)}, not ${sizes(b)}`;
  const apart = a.corners.map((corner, end) =>
    Math.hypot(...corner.map((value, i) => value - (b.corners[end]?.[i] as number))),
  );
  if (Math.max(...apart) <= TOLERANCE * Math.min(...a.spacing)) return undefined;
  return `lies ${Math.max(...apart).toFixed(1)} mm away by its affine (qform or sform)`;
}

function at(affine: Affine3, row: number, column: number): number {
  return affine[row]?.[column] ?? 0;
}
