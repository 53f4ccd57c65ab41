import { codeItem } from '../../codes.ts';
import { LESION } from '../../segmented-property.ts';
import type { WritableDataSet } from '../../write-dataset.ts';
import { ALGORITHM_NAME, algorithmIdentification } from '../algorithm.ts';
import { type Answer, type AnswerSegment, provenance } from '../answer.ts';
import { segmentColour, toCieLab } from '../colours.ts';
import { shortText } from '../text.ts';

/**
 * An item of Segment Sequence (PS3.3 C.8.20.4).
 *
 * @param index of the segment, 0-based; its number is one more.
 * @param trackingUid names this segment's finding, here and in a report about it.
 */
export function segmentItem(answer: Answer, index: number, trackingUid: string): WritableDataSet {
  const segment = answer.segments[index] as AnswerSegment;
  const property = answer.release.property ?? LESION;
  return {
    SegmentNumber: index + 1,
    SegmentLabel: shortText(segment.title, 64),
    SegmentDescription: shortText(`${segment.title} (${provenance(answer, segment)})`, 1024),
    SegmentAlgorithmType: 'AUTOMATIC',
    SegmentAlgorithmName: ALGORITHM_NAME,
    SegmentationAlgorithmIdentificationSequence: [algorithmIdentification(answer, segment)],
    SegmentedPropertyCategoryCodeSequence: [codeItem(property.category)],
    SegmentedPropertyTypeCodeSequence: [codeItem(property.type)],
    RecommendedDisplayCIELabValue: toCieLab(segmentColour(index)),
    TrackingID: segment.id,
    TrackingUID: trackingUid,
  };
}
