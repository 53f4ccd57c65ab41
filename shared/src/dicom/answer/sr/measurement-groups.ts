import { type Code, dcm, sct } from '../../codes.ts';
import { LESION } from '../../segmented-property.ts';
import type { SourceFrame } from '../../source-image.ts';
import type { WritableDataSet } from '../../write-dataset.ts';
import { ALGORITHM_NAME, algorithmParameters } from '../algorithm.ts';
import type { Answer, AnswerSegment } from '../answer.ts';
import { frameReference } from '../references.ts';
import {
  AREA,
  type ContentItem,
  codeContent,
  container,
  imageContent,
  LONG_AXIS,
  measurement,
  type Quantity,
  SHORT_AXIS,
  textContent,
  uidContent,
} from './content-item.ts';
import { type MeasuredSegment, type Measurements, type Spread, spreadOf } from './measure.ts';

const MEASUREMENT_GROUP = dcm('125007', 'Measurement Group');
const SOURCE_OF_MEASUREMENT = dcm('121112', 'Source of Measurement');

const QUANTITIES: readonly (readonly [keyof Measurements, Quantity])[] = [
  ['area', AREA],
  ['long', LONG_AXIS],
  ['short', SHORT_AXIS],
];

const DERIVATIONS: readonly (readonly [keyof Spread, Code])[] = [
  ['minimum', sct('255605001', 'Minimum')],
  ['maximum', sct('56851009', 'Maximum')],
  ['mean', sct('373098007', 'Mean')],
  ['deviation', sct('386136009', 'Standard Deviation')],
];

/** A segment's measurements, and where they are from. */
export interface GroupOfSegment {
  readonly segment: AnswerSegment;
  readonly measured: MeasuredSegment;
  readonly trackingUid: string;
  /** To the frame of the segmentation object; undefined if the segment is empty. */
  readonly segmentationFrame: WritableDataSet | undefined;
}

/**
 * Measurements of a segment: on a segmentation's frame (TID 1410), or of nothing at all (TID 1501), where the reader
 * that a persona stands for would have drawn nothing.
 */
export function segmentGroup(answer: Answer, group: GroupOfSegment): ContentItem {
  const { source } = answer;
  const { segment, measured, trackingUid, segmentationFrame } = group;
  const image = frameReference(source, source.frames[measured.frame ?? 0] as SourceFrame);
  return container(
    MEASUREMENT_GROUP,
    [
      ...tracked(segment.id, trackingUid, answer),
      textContent('HAS CONCEPT MOD', dcm('111001', 'Algorithm Name'), ALGORITHM_NAME),
      textContent('HAS CONCEPT MOD', dcm('111003', 'Algorithm Version'), answer.software.version),
      textContent(
        'HAS CONCEPT MOD',
        dcm('111002', 'Algorithm Parameters'),
        algorithmParameters(answer, segment),
      ),
      ...QUANTITIES.map(([key, quantity]) => measurement(quantity, measured[key])),
      ...(segmentationFrame === undefined
        ? [imageContent(SOURCE_OF_MEASUREMENT, image)]
        : [
            imageContent(dcm('121214', 'Referenced Segmentation Frame'), segmentationFrame),
            imageContent(dcm('121233', 'Source Image for Segmentation'), image),
          ]),
    ],
    segmentationFrame === undefined ? '1501' : '1410',
  );
}

/**
 * How far the personas are apart (TID 1501): each quantity's smallest, largest and mean value and standard deviation.
 *
 * @param measured of at least two personas; one that draws nothing counts with 0.
 */
export function spreadGroup(
  answer: Answer,
  measured: readonly MeasuredSegment[],
  trackingUid: string,
): ContentItem {
  const { source } = answer;
  return container(
    MEASUREMENT_GROUP,
    [
      ...tracked('spread across personas', trackingUid, answer),
      ...QUANTITIES.flatMap(([key, quantity]) => {
        const spread = spreadOf(measured.map((each) => each[key]));
        return DERIVATIONS.map(([figure, code]) => measurement(quantity, spread[figure], code));
      }),
      ...source.frames.map((frame) => imageContent(SOURCE_OF_MEASUREMENT, frameReference(source, frame))),
    ],
    '1501',
  );
}

function tracked(identifier: string, uid: string, { release }: Answer): ContentItem[] {
  const { category, type } = release.property ?? LESION;
  return [
    textContent('HAS OBS CONTEXT', dcm('112039', 'Tracking Identifier'), identifier),
    uidContent('HAS OBS CONTEXT', dcm('112040', 'Tracking Unique Identifier'), uid),
    codeContent('CONTAINS', sct('276214006', 'Finding category'), category),
    codeContent('CONTAINS', dcm('121071', 'Finding'), type),
  ];
}
