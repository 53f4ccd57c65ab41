import { InputError } from '@d-persona/shared/errors.ts';
import type { DataOptions } from '../../options.ts';
import { type ChosenRoles, chooseRoles, missingSequence, setOfRoles } from '../choose-roles.ts';
import type { FileReader } from '../file-reader.ts';
import { labelOfMask } from '../label-of-mask.ts';
import { type Look, lookOf } from '../looks-like-mask.ts';
import type { OpenVolume, SliceMasks, VolumeCase, VolumeSet } from '../volume.ts';
import { channelSlice, insideOf, maskSlices, type SliceGrid, standardiseVolume } from '../voxel-slices.ts';
import { nameSlices } from './name-slices.ts';
import { type Hdf5Array, readHdf5 } from './read-hdf5.ts';

export const isHdf5File = (path: string): boolean => /\.(h5|hdf5|he5)$/i.test(path);

/** Files that are looked into to tell images from masks, as long as some mask is empty. */
const LOOKED_INTO = 8;

/**
 * Volumes and slices in HDF5 files, one file a case, as the MMIS-2024 challenge has them: an array for each sequence
 * (`t1`, `t1c`, `t2`) and for each reader (`label_a1`, …). Folders such as `training_2d` and `validation` say nothing.
 *
 * @throws InputError where there are no images or no masks
 */
export async function hdf5Set(
  files: readonly string[],
  reader: FileReader,
  options: DataOptions,
): Promise<VolumeSet> {
  const paths = files.filter(isHdf5File);
  const roles = chooseRoles(await lookInto(paths, reader), options.sequences, reader.input);
  const cases = nameSlices(paths).map((name, i): VolumeCase => {
    const path = paths[i] as string;
    return {
      ...name,
      file: path,
      spacing: async () => null, // the format says nothing of it
      open: () => openFile(path, roles, reader, options.label),
    };
  });
  return {
    ...setOfRoles(roles),
    layout: 'hdf5',
    cases,
    orphans: files.filter((path) => !isHdf5File(path)),
  };
}

async function lookInto(paths: readonly string[], reader: FileReader): Promise<Map<string, Look>> {
  const looks = new Map<string, Look>();
  for (const path of paths.slice(0, LOOKED_INTO)) {
    for (const [key, { values }] of await readHdf5(await reader.read(path), reader.fullName(path))) {
      if ((looks.get(key) ?? 'empty') === 'empty') looks.set(key, lookOf(values));
    }
    if (looks.size > 0 && [...looks.values()].every((look) => look !== 'empty')) break;
  }
  return looks;
}

async function openFile(
  path: string,
  { sequences, readers }: ChosenRoles,
  reader: FileReader,
  label: number | null,
): Promise<OpenVolume> {
  const name = reader.fullName(path);
  const wanted = new Set([...sequences, ...readers.keys()]);
  const arrays = await readHdf5(await reader.read(path), name, wanted);
  const first = arrays.get(sequences[0] as string);
  const channels = sequences.map((key) => {
    const array = arrays.get(key);
    if (array === undefined) throw missingSequence(name, key);
    if (first !== undefined) checkShape(array, first, `${name}, ${key}`, sequences[0] as string);
    return standardiseVolume(array.values);
  });
  const { shape } = first as Hdf5Array;
  const grid = gridOf(shape);
  const masks = new Map<string, SliceMasks>();
  for (const [key, reading] of readers) {
    const array = arrays.get(key);
    if (array === undefined) continue;
    checkShape(array, first as Hdf5Array, `${name}, ${key}`, sequences[0] as string);
    const value = labelOfMask(array.values, label, `${name}, ${key}`);
    masks.set(reading, maskSlices(grid, insideOf(array.values, value)));
  }
  if (masks.size === 0) throw noLabels(name, [...readers.keys()]);
  const [depth, height, width] = grid.sizes;
  return {
    depth,
    height,
    width,
    spacing: null,
    image: async (slice) => channelSlice(grid, channels, slice),
    lesions: [{ name: '', masks }],
  };
}

/**
 * Slices follow each other along the shortest axis, the first of equals: arrays of images are written [slices, rows,
 * columns] or [rows, columns, slices], and nothing in the format says which.
 */
function gridOf(shape: readonly number[]): SliceGrid {
  if (shape.length === 2) {
    const [rows = 0, columns = 0] = shape;
    return { sizes: [1, rows, columns], start: 0, steps: [0, columns, 1] };
  }
  const [a = 0, b = 0, c = 0] = shape;
  const least = Math.min(a, b, c);
  if (a === least) return { sizes: [a, b, c], start: 0, steps: [b * c, c, 1] };
  if (c === least) return { sizes: [c, a, b], start: 0, steps: [1, b * c, c] };
  return { sizes: [b, a, c], start: 0, steps: [c, b * c, 1] };
}

function checkShape({ shape }: Hdf5Array, wanted: Hdf5Array, input: string, of: string): void {
  if (shape.join() === wanted.shape.join()) return;
  throw new InputError({
    code: 'sizes-differ',
    input,
    problem: `has ${shape.join(' × ')} values, ${of} has ${wanted.shape.join(' × ')}`,
    remedy: 'Export all sequences and masks of a case on the same grid',
  });
}

function noLabels(input: string, keys: readonly string[]): InputError {
  return new InputError({
    code: 'no-masks',
    input,
    problem: `has none of the masks that other files have (${keys.slice(0, 4).join(', ')})`,
    remedy: 'Add them, leave the file out, or skip it: data.onBroken=skip',
  });
}
