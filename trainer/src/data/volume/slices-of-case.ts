import { type Mask, maskArea } from '@d-persona/shared/mask/mask.ts';
import { type InspectedEntry, unionOf } from '../inspect-entry.ts';
import { join } from '../layout/paths.ts';
import { maskBitsArray } from '../mask-bits.ts';
import type { SlicePlace } from '../sample.ts';
import { sizeAt } from './common-spacing.ts';
import type { SliceStore, Stored } from './slice-store.ts';
import { quantised, resized, resizedMask } from './stored-slice.ts';
import type { Lesion, OpenVolume, Spacing, VolumeCase, VolumeSet } from './volume.ts';

/** A slice that was stored: what is known of it, and where its pixels are. */
export interface StoredSlice {
  readonly inspected: InspectedEntry;
  readonly place: SlicePlace;
  readonly image: Stored;
  /** Bits in the order of the labels. */
  readonly masks: Stored;
}

/** How the slices of a dataset are stored; the same for all of its volumes. */
export interface Slicing {
  readonly set: Pick<VolumeSet, 'channels' | 'values' | 'byLesion'>;
  /** The readers that were chosen. */
  readonly labels: readonly string[];
  readonly spacing: Spacing | null;
  /** Side of the central window, pixels. */
  readonly window: number;
  readonly store: SliceStore;
}

/** Slices with an outline to learn from, and those without, which a whole volume is measured by. */
export interface SlicesOfCase {
  readonly outlined: StoredSlice[];
  readonly blank: StoredSlice[];
}

/**
 * Cuts a volume into slices, resamples them to the common spacing and stores them: of findings that are samples of
 * their own the outlined ones only, else all.
 */
export async function slicesOfCase(
  found: VolumeCase,
  volume: OpenVolume,
  slicing: Slicing,
): Promise<SlicesOfCase> {
  const { set, spacing, store } = slicing;
  const size = sizeAt(volume, volume.spacing, spacing);
  const images = new Map<number, Promise<Stored>>();
  const imageAt = (slice: number) => {
    const known = images.get(slice);
    if (known !== undefined) return known;
    const made = volume.image(slice).then((values) => {
      const pixels = quantised(resized(values, volume, size, set.channels), set.values);
      return store.append(new Uint8Array(pixels.buffer));
    });
    images.set(slice, made);
    return made;
  };
  const slices: SlicesOfCase = { outlined: [], blank: [] };
  for (const lesion of volume.lesions) {
    for (let slice = 0; slice < volume.depth; slice++) {
      const masks = masksAt(lesion, slice, volume, size, slicing.labels);
      const drawn = [...masks.values()].some(({ area }) => area > 0);
      if (!drawn && set.byLesion) continue;
      const place = placeOf(found, lesion, slice, volume);
      const image = await imageAt(slice);
      const bits = await store.append(packed(masks, slicing.labels, size));
      const inspected = inspectedSlice(found, place, masks, size, slicing.window);
      (drawn ? slices.outlined : slices.blank).push({ inspected, place, image, masks: bits });
    }
  }
  return slices;
}

interface SizedMask extends Mask {
  readonly area: number;
}

function masksAt(
  { masks }: Lesion,
  slice: number,
  volume: OpenVolume,
  size: { height: number; width: number },
  labels: readonly string[],
): Map<string, SizedMask> {
  const sized = labels.flatMap((label): [string, SizedMask][] => {
    const ofReader = masks.get(label);
    if (ofReader === undefined) return [];
    const own = ofReader(slice);
    const data = own === null ? new Uint8Array(size.height * size.width) : resizedMask(own, volume, size);
    const mask = { ...size, data };
    return [[label, { ...mask, area: maskArea(mask) }]];
  });
  return new Map(sized);
}

/** A file of one slice belongs to the volume that its name says without the slice. */
function placeOf(
  { id, slice: own }: VolumeCase,
  lesion: Lesion,
  slice: number,
  { depth }: OpenVolume,
): SlicePlace {
  if (own !== undefined && depth === 1) return own;
  return { volume: join(id, lesion.name), slice };
}

function inspectedSlice(
  { file }: VolumeCase,
  { volume, slice }: SlicePlace,
  masks: ReadonlyMap<string, SizedMask>,
  size: { height: number; width: number },
  window: number,
): InspectedEntry {
  const id = `${volume}/slice-${String(slice).padStart(4, '0')}`;
  return {
    entry: {
      id,
      folder: '',
      key: id,
      image: file,
      masks: new Map([...masks.keys()].map((label) => [label, label])),
    },
    digests: new Map(),
    size,
    areas: new Map([...masks].map(([label, { area }]) => [label, area])),
    union: unionOf(
      [...masks.values()].filter(({ area }) => area > 0),
      size,
      window,
    ),
    problems: [],
  };
}

function packed(
  masks: ReadonlyMap<string, SizedMask>,
  labels: readonly string[],
  { height, width }: { height: number; width: number },
): Uint8Array {
  const bits = maskBitsArray(labels.length, height * width);
  labels.forEach((label, r) => {
    const data = masks.get(label)?.data;
    if (data === undefined) return;
    for (let i = 0; i < bits.length; i++) bits[i] = (bits[i] as number) | ((data[i] as number) << r);
  });
  return new Uint8Array(bits.buffer);
}
