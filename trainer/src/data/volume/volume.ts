import type { InputError } from '@d-persona/shared/errors.ts';
import type { DatasetLayout, SlicePlace, ValueWindow } from '../sample.ts';

/** A reader's mask of one slice: 0 or 1 for each of its H·W pixels; null where nothing is drawn. */
export type SliceMasks = (slice: number) => Uint8Array | null;

/** What is outlined in a volume: all of it, or one of several findings that are samples of their own. */
export interface Lesion {
  /** '' where a volume has one. */
  readonly name: string;
  /** By the reader's label; a reader who did not read this volume is not in it. */
  readonly masks: ReadonlyMap<string, SliceMasks>;
}

/** A volume as slices, on its own grid of pixels. */
export interface OpenVolume {
  /** Slices, rows and columns. */
  readonly depth: number;
  readonly height: number;
  readonly width: number;
  /** Millimetres between rows and between columns; null where it is not known. */
  readonly spacing: Spacing | null;
  /** Values of a slice [height, width, channels]. */
  image(slice: number): Promise<Float32Array>;
  readonly lesions: readonly Lesion[];
}

export type Spacing = readonly [row: number, column: number];

/** A volume, or a slice that is a file of its own, still in its files. */
export interface VolumeCase {
  /** Unique in its dataset, and enough to tell whose it is. */
  readonly id: string;
  /** The file that stands for all of them in messages. */
  readonly file: string;
  /** Of a file that holds one slice of a volume. */
  readonly slice?: SlicePlace;
  /** Reads as little as tells the spacing. @throws InputError */
  spacing(): Promise<Spacing | null>;
  /** @throws InputError for a file that cannot be read, or does not belong to the others */
  open(): Promise<OpenVolume>;
}

/** All volumes of a dataset, found by looking at names and contents. */
export interface VolumeSet {
  readonly layout: Extract<DatasetLayout, 'nifti' | 'hdf5' | 'dicom'>;
  /** Readers are slots without a name. */
  readonly slots: boolean;
  /** Labels of all readers, in order. */
  readonly labels: readonly string[];
  readonly cases: readonly VolumeCase[];
  readonly channels: number;
  /** What {@link OpenVolume.image} has: standard deviations from the volume's mean, or values in units. */
  readonly values: 'standardised' | 'units';
  readonly units: string | null;
  readonly window: ValueWindow | null;
  readonly modality: string | null;
  /** Each lesion is a sample of its own, so the model looks around it. */
  readonly byLesion: boolean;
  /** Files that belong to no volume. */
  readonly orphans: readonly string[];
  /** What is wrong with files that were left out, where the options allow it. */
  readonly problems: readonly InputError[];
}
