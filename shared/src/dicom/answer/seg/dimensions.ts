import { ATTRIBUTES } from '../../attributes.ts';
import type { SourceImage } from '../../source-image.ts';
import type { WritableDataSet } from '../../write-dataset.ts';
import type { SegmentFrame } from '../frames.ts';
import { dot, normalOf, type Plane } from '../geometry.ts';

/** How the frames of a segmentation are told apart (PS3.3 C.7.6.17): first by segment, then by place in the source. */
export interface Dimensions {
  /** The module. */
  readonly module: WritableDataSet;
  /** An item of Frame Content Sequence. */
  frameContent(frame: SegmentFrame): WritableDataSet;
}

type Pointer = readonly [label: string, attribute: number, group: number];

const tag = (keyword: keyof typeof ATTRIBUTES) => ATTRIBUTES[keyword][0];

const SEGMENT: Pointer = [
  'Segment Number',
  tag('ReferencedSegmentNumber'),
  tag('SegmentIdentificationSequence'),
];
const POSITION: Pointer = [
  'Image Position Patient',
  tag('ImagePositionPatient'),
  tag('PlanePositionSequence'),
];
const ORDER: Pointer = [
  'In-Stack Position Number',
  tag('InStackPositionNumber'),
  tag('FrameContentSequence'),
];

/**
 * Dimensions of the frames that are stored: along the normal where the source has planes; by their order where it has
 * none, but several frames (an ultrasound loop); by segment only for a single image.
 *
 * @param planes of all frames of the source, or null.
 * @param uid of the organization.
 */
export function dimensions(
  source: SourceImage,
  planes: readonly Plane[] | null,
  frames: readonly SegmentFrame[],
  uid: string,
): Dimensions {
  const ranks = rankFrames(planes, frames);
  if (planes !== null) {
    return {
      module: dimensionModule([SEGMENT, POSITION], uid),
      frameContent: ({ segment, frame }) => ({
        DimensionIndexValues: [segment + 1, ranks.get(frame) as number],
      }),
    };
  }
  if (source.frames.length === 1) {
    return {
      module: dimensionModule([SEGMENT], uid),
      frameContent: ({ segment }) => ({ DimensionIndexValues: [segment + 1] }),
    };
  }
  return {
    module: dimensionModule([SEGMENT, ORDER], uid),
    frameContent: ({ segment, frame }) => ({
      StackID: '1',
      InStackPositionNumber: ranks.get(frame),
      DimensionIndexValues: [segment + 1, ranks.get(frame) as number],
    }),
  };
}

/** Ordinals from 1 on, without a gap, of the source's frames that occur: by position, else by order. */
function rankFrames(planes: readonly Plane[] | null, frames: readonly SegmentFrame[]): Map<number, number> {
  const normal = planes?.[0] && normalOf(planes[0]);
  const place = (frame: number) => {
    const plane = planes?.[frame];
    return plane && normal ? dot(plane.position, normal) : frame;
  };
  const places = [...new Set(frames.map(({ frame }) => place(frame)))].sort((a, b) => a - b);
  return new Map(frames.map(({ frame }) => [frame, places.indexOf(place(frame)) + 1]));
}

function dimensionModule(pointers: readonly Pointer[], uid: string): WritableDataSet {
  return {
    DimensionOrganizationSequence: [{ DimensionOrganizationUID: uid }],
    DimensionIndexSequence: pointers.map(([label, attribute, group]) => ({
      DimensionOrganizationUID: uid,
      DimensionIndexPointer: attribute,
      FunctionalGroupPointer: group,
      DimensionDescriptionLabel: label,
    })),
  };
}
