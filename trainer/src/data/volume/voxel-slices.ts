import type { AxialGrid } from './axial-grid.ts';
import type { SliceMasks } from './volume.ts';

/** Where the slices of an array are. */
export type SliceGrid = Pick<AxialGrid, 'sizes' | 'start' | 'steps'>;

/** Visits the voxels of a slice, row by row: `visit(voxel, pixel)` with both their indices. */
export function forSlice(
  { sizes: [, rows, columns], start, steps: [perSlice, perRow, perColumn] }: SliceGrid,
  slice: number,
  visit: (voxel: number, pixel: number) => void,
): void {
  const first = start + slice * perSlice;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      visit(first + row * perRow + column * perColumn, row * columns + column);
    }
  }
}

/** A volume of one sequence, as standard deviations from its mean. */
export interface StandardisedChannel {
  readonly values: ArrayLike<number>;
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Mean and standard deviation over all voxels that are numbers; a constant volume has the deviation 1. Standardising
 * undoes whatever slope and intercept turn the stored values into real ones, but for the slope's sign.
 */
export function standardiseVolume(values: ArrayLike<number>, slope = 1): StandardisedChannel {
  let [count, sum] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) continue;
    count++;
    sum += values[i] as number;
  }
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) squares += ((values[i] as number) - mean) ** 2;
  }
  return { values, mean, deviation: Math.sign(slope) * Math.sqrt(squares / Math.max(1, count)) || 1 };
}

/** A slice of several sequences [rows, columns, channels]; what is not a number counts as the mean. */
export function channelSlice(
  grid: SliceGrid,
  channels: readonly StandardisedChannel[],
  slice: number,
): Float32Array {
  const image = new Float32Array(grid.sizes[1] * grid.sizes[2] * channels.length);
  channels.forEach(({ values, mean, deviation }, c) => {
    forSlice(grid, slice, (voxel, pixel) => {
      const value = values[voxel] as number;
      image[pixel * channels.length + c] = Number.isFinite(value) ? (value - mean) / deviation : 0;
    });
  });
  return image;
}

/** A volume of 0 and 1 as masks of its slices. */
export function maskSlices(grid: SliceGrid, inside: Uint8Array): SliceMasks {
  return (slice) => {
    const mask = new Uint8Array(grid.sizes[1] * grid.sizes[2]);
    let drawn = 0;
    forSlice(grid, slice, (voxel, pixel) => {
      const value = inside[voxel] as number;
      mask[pixel] = value;
      drawn |= value;
    });
    return drawn === 0 ? null : mask;
  };
}

/** 1 where the value slope · stored + intercept is the label; nowhere for null. */
export function insideOf(
  values: ArrayLike<number>,
  label: number | null,
  slope = 1,
  intercept = 0,
): Uint8Array {
  const inside = new Uint8Array(values.length);
  if (label === null) return inside;
  for (let i = 0; i < inside.length; i++) {
    inside[i] = slope * (values[i] as number) + intercept === label ? 1 : 0;
  }
  return inside;
}
