import type { Image8or16 } from '@d-persona/shared/image/image8or16.ts';
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
}

/** A sample's pixels as they were stored: image, and all masks in one array of bits. */
export interface SamplePixels {
  readonly image: Image8or16;
  readonly masks: MaskBits;
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
  /** How it was laid out: anonymous slots, named folders, or suffixes of the file name. */
  readonly layout: 'slots' | 'named' | 'suffix';
  readonly kind: PersonaKind;
  /** R personas: `rank-1` … or the raters by name, sorted. */
  readonly raters: readonly Rater[];
  readonly samples: readonly Sample[];
  readonly channels: 1 | 3;
  /** Which part of an image the model sees. */
  readonly frame: Frame;
  /** Height and width of the model's input. */
  readonly size: number;
  /** Millimetres a pixel, [row, column], at the image's own resolution; null where it is not stated. */
  readonly spacing: readonly [number, number] | null;
  readonly modality: string | null;
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
