import type { Volume } from '@d-persona/shared/contract/volume.ts';
import type { AnswerSegment } from '@d-persona/shared/dicom/answer/answer.ts';
import type { Slice } from '@d-persona/shared/dicom/series/slice.ts';
import { describeAll, type Maps } from '../answer/describe-all.ts';
import type { Placement } from '../answer/placement.ts';
import { dicomSegments } from '../dicom/dicom-segments.ts';

/** What is drawn on a slice, and where. */
export interface DrawnSlice {
  readonly slice: Slice;
  /** Millimetres from the first slice; null where it is not known. */
  readonly position: number | null;
  readonly maps: Maps;
  readonly placement: Placement;
  readonly threshold: number;
}

/** Takes slices in order of position, one at a time, and keeps of each only what the answer needs. */
export class SliceDescriptions {
  readonly slices: Volume['slices'] = [];

  add({ slice, position, maps, placement, threshold }: DrawnSlice): void {
    const { segmentations, consensus } = describeAll(maps, placement, threshold);
    this.slices.push({ instance: slice.sent, frame: slice.number, position, segmentations, consensus });
  }
}

/** The same for a DICOM object: masks as run lengths, and probabilities where it is to be fractional. */
export class SliceSegments {
  readonly #titles: readonly string[];
  readonly #fractional: boolean;
  #segments: readonly AnswerSegment[] = [];

  /** @param titles of the personas, in the order of their maps */
  constructor(titles: readonly string[], fractional: boolean) {
    this.#titles = titles;
    this.#fractional = fractional;
  }

  get segments(): readonly AnswerSegment[] {
    return this.#segments;
  }

  add({ maps, placement, threshold }: DrawnSlice): void {
    const drawing = { placement, threshold, fractional: this.#fractional };
    const drawn = dicomSegments(maps, this.#titles, drawing);
    this.#segments = drawn.map((segment, i) => joined(this.#segments[i], segment));
  }
}

function joined(before: AnswerSegment | undefined, next: AnswerSegment): AnswerSegment {
  if (before === undefined) return next;
  const masks = [...before.masks, ...next.masks];
  if (next.probabilities === undefined) return { ...before, masks };
  return { ...before, masks, probabilities: [...(before.probabilities ?? []), ...next.probabilities] };
}
