import type { Frame } from './frame.ts';
import type { MaskBits } from './mask-bits.ts';

/**
 * What a persona stands for: `person`, the same reader throughout; or `rank`, the k-th mask of a case by area,
 * smallest first, where readers are anonymous and change from case to case.
 */
export type PersonaKind = 'rank' | 'person';

/** A persona of the dataset: an id that a URL can hold, and the name that people read. */
export interface Rater {
  readonly id: string;
  readonly title: string;
}

/** Where a slice lies in its volume. */
export interface SlicePlace {
  /** Unique in its dataset: the volume, or the lesion in it, that is measured as a whole. */
  readonly volume: string;
  /** Of the volume's slices, 0-based. */
  readonly slice: number;
}

/** One image and its readers' masks, still in their files. Whatever is said per rater is in the order of the personas. */
export interface Sample {
  /** Unique in its dataset: the image's path without its ending. */
  readonly id: string;
  readonly patient: string;
  /** Of the image, in its own pixels. */
  readonly height: number;
  readonly width: number;
  /** Path of the image in its source. */
  readonly image: string;
  /** Path of each rater's mask; null where there is none. Ranks are assigned already: once, before augmentation. */
  readonly masks: readonly (string | null)[];
  /** Which raters have an opinion on this image; at least one has. */
  readonly present: readonly boolean[];
  /** Pixels of each mask, 0 where the rater is not present. */
  readonly areas: readonly number[];
  /** Centroid of the union of the masks, in pixels of the image; its centre where all are empty. */
  readonly centroid: { readonly x: number; readonly y: number };
  /** Of a slice of a volume. */
  readonly place?: SlicePlace;
}

/** A picture, or a slice of a volume: row by row, channels interleaved, as it was stored. */
export interface StoredImage {
  readonly height: number;
  readonly width: number;
  /** 1 grey, 3 colours, or one for each sequence of a volume. */
  readonly channels: number;
  readonly bitDepth: 8 | 16;
  readonly data: Uint8Array | Uint16Array;
}

/** A sample's pixels as they were stored: image, and all masks in one array of bits. */
export interface SamplePixels {
  readonly image: StoredImage;
  readonly masks: MaskBits;
}

/** How a dataset is laid out: anonymous slots, named folders, suffixes of file names; or the format of its volumes. */
export type DatasetLayout = 'slots' | 'named' | 'suffix' | 'nifti' | 'hdf5' | 'dicom';

/** Values that matter, in their units. */
export interface ValueWindow {
  readonly center: number;
  readonly width: number;
}

/** What was left out of a dataset, and what a reader of its figures should know. */
export interface DatasetNotes {
  /** Images without any outline. */
  readonly unlabelled: number;
  /** Images left out because a rater is missing. */
  readonly incomplete: number;
  /** Masks that belong to no image. */
  readonly orphanMasks: number;
  /** Empty masks of named raters: taken as the opinion that there is nothing. */
  readonly emptyOpinions: number;
  /** Files that could not be read, with what is wrong; only where the options allow to skip them. */
  readonly skipped: readonly string[];
}

/** Multi-rater data, checked as a whole: every file that it names could be read. */
export interface Dataset {
  readonly name: string;
  readonly layout: DatasetLayout;
  readonly kind: PersonaKind;
  /** R personas: `rank-1` … or the raters by name, sorted. */
  readonly raters: readonly Rater[];
  readonly samples: readonly Sample[];
  /** Slices of the same volumes that no reader outlined: nothing to train on, but an answer there is a false one. */
  readonly blanks: readonly Sample[];
  readonly channels: number;
  /** Which part of an image the model sees. */
  readonly frame: Frame;
  /** Height and width of the model's input. */
  readonly size: number;
  /** Millimetres a pixel, [row, column], at the image's own resolution; null where it is not stated. */
  readonly spacing: readonly [number, number] | null;
  readonly modality: string | null;
  /** Of the values, as DICOM names them, such as HU; null where they have none. */
  readonly units: string | null;
  /** Values outside were clipped; null for none. */
  readonly window: ValueWindow | null;
  readonly licence: string;
  readonly attribution: string;
  /** SHA-256 (hex) over all its files' paths and contents. */
  readonly sourceSha256: string;
  readonly notes: DatasetNotes;
  /** Reads a sample's files. @throws InputError when one has changed since and can no longer be read */
  pixels(sample: Sample): Promise<SamplePixels>;
  /** Closes the archive, if it is one. */
  close(): Promise<void>;
}
