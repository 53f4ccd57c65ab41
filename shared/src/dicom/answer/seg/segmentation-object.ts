import { type WritableDataSet, writeFile } from '../../write-dataset.ts';
import { ALGORITHM_NAME } from '../algorithm.ts';
import type { Answer } from '../answer.ts';
import { answerUids } from '../answer-uids.ts';
import { first } from '../date-time.ts';
import { binaryFrames, fractionalFrames, MAXIMUM_FRACTION } from '../frames.ts';
import { planesOf } from '../geometry.ts';
import { contentDateAndTime, equipment, frameOfReference, patientAndStudy, series } from '../modules.ts';
import { segmentsOverlap } from '../overlap.ts';
import { referencedSeries } from '../references.ts';
import { takenOver } from '../taken-over.ts';
import { dimensions } from './dimensions.ts';
import { functionalGroups } from './functional-groups.ts';
import { segmentItem } from './segment.ts';

export const SEGMENTATION_STORAGE = '1.2.840.10008.5.1.4.1.1.66.4';

/**
 * An answer as a DICOM Segmentation (PS3.3 A.51): a segment for each segmentation, on the grid of the source, in the
 * order given. Binary segments may overlap. Fractional ones hold probabilities; few viewers show them.
 *
 * @returns a Part 10 file in explicit little endian.
 */
export async function segmentationObject(
  answer: Answer,
  { fractional = false }: { fractional?: boolean } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const { source, segments } = answer;
  const bits = fractional ? 8 : 1;
  const stored = fractional ? fractionalFrames(answer) : binaryFrames(answer);
  const planes = planesOf(source);
  const uid = await answerUids(answer, stored);
  const kind = fractional ? 'fractional segmentation' : 'segmentation';
  const tracking = await Promise.all(segments.map(({ id }) => uid('finding', id)));
  const arrangement = dimensions(source, planes, stored.frames, await uid(kind, 'dimensions'));

  const dataSet: WritableDataSet = {
    ...patientAndStudy(answer),
    ...series('SEG', `${ALGORITHM_NAME} ${kind}`, await uid(kind, 'series')),
    ...(planes === null ? {} : frameOfReference(answer)),
    ...equipment(answer),
    ...contentDateAndTime(answer),
    SOPClassUID: SEGMENTATION_STORAGE,
    SOPInstanceUID: await uid(kind, 'instance'),
    ImageType: ['DERIVED', 'PRIMARY'],
    // Required where no orientation in space is told (PS3.3 C.7.6.1).
    PatientOrientation: planes === null ? (takenOver(source.series).PatientOrientation ?? '') : undefined,
    ReferencedSeriesSequence: [referencedSeries(source)],
    LossyImageCompression: first(source.series.LossyImageCompression) || '00',
    LossyImageCompressionRatio: source.series.LossyImageCompressionRatio,
    LossyImageCompressionMethod: source.series.LossyImageCompressionMethod,
    SamplesPerPixel: 1,
    PhotometricInterpretation: 'MONOCHROME2',
    NumberOfFrames: stored.frames.length,
    Rows: source.rows,
    Columns: source.columns,
    BitsAllocated: bits,
    BitsStored: bits,
    HighBit: bits - 1,
    PixelRepresentation: 0,
    SegmentationType: fractional ? 'FRACTIONAL' : 'BINARY',
    SegmentationFractionalType: fractional ? 'PROBABILITY' : undefined,
    MaximumFractionalValue: fractional ? MAXIMUM_FRACTION : undefined,
    SegmentsOverlap: segmentsOverlap(stored, source.rows * source.columns, bits) ? 'YES' : 'NO',
    SegmentSequence: segments.map((_, i) => segmentItem(answer, i, tracking[i] as string)),
    ContentLabel: 'SEGMENTATION',
    ContentDescription: `${segments.length} segmentations by ${ALGORITHM_NAME}`,
    ContentCreatorName: `${ALGORITHM_NAME}^Algorithm`,
    ...arrangement.module,
    ...functionalGroups(source, planes, stored.frames, arrangement),
    PixelData: stored.pixels,
  };
  return writeFile(dataSet, answer.software);
}
