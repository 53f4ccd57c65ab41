import { InputError } from '@d-persona/shared/errors.ts';
import type { DataOptions } from '../../options.ts';
import { type AxialGrid, gridDifference } from '../axial-grid.ts';
import { type ChosenRoles, chooseRoles, missingSequence, setOfRoles } from '../choose-roles.ts';
import type { FileReader } from '../file-reader.ts';
import { labelOfMask } from '../label-of-mask.ts';
import { type Look, lookOf } from '../looks-like-mask.ts';
import { findRoles } from '../roles.ts';
import type { OpenVolume, SliceMasks, VolumeCase, VolumeSet } from '../volume.ts';
import {
  channelSlice,
  insideOf,
  maskSlices,
  type StandardisedChannel,
  standardiseVolume,
} from '../voxel-slices.ts';
import { readNifti, readNiftiHeader } from './read-nifti.ts';

const ENDING = /\.nii(\.gz)?$/i;

export const isNiftiFile = (path: string): boolean => ENDING.test(path);

/** Files that are looked into to tell what a role is, as long as they are empty. */
const LOOKED_INTO = 3;

/**
 * Volumes in NIfTI files: sequences and readers are told apart by the parts of names that vary within a case.
 *
 * @throws InputError where there are no images or no masks
 */
export async function niftiSet(
  files: readonly string[],
  reader: FileReader,
  options: DataOptions,
): Promise<VolumeSet> {
  const volumes = files.filter(isNiftiFile);
  const placed = findRoles(volumes.map((path) => path.replace(ENDING, ''))).map((place, i) => ({
    ...place,
    path: volumes[i] as string,
  }));
  const looks = new Map<string, Look>();
  for (const [role, own] of Map.groupBy(placed, (place) => place.role)) {
    looks.set(
      role,
      await lookInto(
        own.map(({ path }) => path),
        reader,
      ),
    );
  }
  const roles = chooseRoles(looks, options.sequences, reader.input);
  const byCase = Map.groupBy(placed, (place) => place.case);
  const cases = [...byCase].map(([id, own]): VolumeCase => {
    const paths = new Map(own.map(({ role, path }) => [role, path]));
    const file = paths.get(roles.sequences[0] as string) ?? (own[0]?.path as string);
    return {
      id,
      file,
      async spacing() {
        const { grid } = readNiftiHeader(await reader.read(file), reader.fullName(file));
        return [grid.spacing[1], grid.spacing[2]];
      },
      open: () => openCase(paths, roles, reader, options.label),
    };
  });
  return {
    ...setOfRoles(roles),
    layout: 'nifti',
    cases,
    orphans: files.filter((path) => !isNiftiFile(path)),
  };
}

async function lookInto(paths: readonly string[], reader: FileReader): Promise<Look> {
  for (const path of paths.slice(0, LOOKED_INTO)) {
    const { values, slope, intercept } = readNifti(await reader.read(path), reader.fullName(path));
    const look = lookOf(values, slope, intercept);
    if (look !== 'empty') return look;
  }
  return 'empty';
}

async function openCase(
  paths: ReadonlyMap<string, string>,
  { sequences, readers }: ChosenRoles,
  reader: FileReader,
  label: number | null,
): Promise<OpenVolume> {
  let first: { path: string; grid: AxialGrid } | undefined;
  const read = async (path: string) => {
    const name = reader.fullName(path);
    const volume = readNifti(await reader.read(path), name);
    first ??= { path, grid: volume.grid };
    const difference = gridDifference(volume.grid, first.grid);
    if (difference !== undefined) throw otherGrid(name, difference, first.path);
    return { ...volume, name };
  };
  const channels: StandardisedChannel[] = [];
  for (const role of sequences) {
    const path = paths.get(role);
    if (path === undefined) {
      throw missingSequence(reader.fullName([...paths.values()][0] as string), role);
    }
    const { values, slope } = await read(path);
    channels.push(standardiseVolume(values, slope));
  }
  const { grid } = first as { grid: AxialGrid };
  const masks = new Map<string, SliceMasks>();
  for (const [role, name] of readers) {
    const path = paths.get(role);
    if (path === undefined) continue;
    const mask = await read(path);
    const { values, slope, intercept } = mask;
    const value = labelOfMask(values, label, mask.name, slope, intercept);
    masks.set(name, maskSlices(mask.grid, insideOf(values, value, slope, intercept)));
  }
  const [depth, height, width] = grid.sizes;
  return {
    depth,
    height,
    width,
    spacing: [grid.spacing[1], grid.spacing[2]],
    image: async (slice) => channelSlice(grid, channels, slice),
    lesions: [{ name: '', masks }],
  };
}

function otherGrid(input: string, problem: string, first: string): InputError {
  return new InputError({
    code: 'other-grid',
    input,
    problem: `${problem}, as ${first} has`,
    remedy: 'Resample all images and masks of a patient to one grid, and save them with its affine',
  });
}
