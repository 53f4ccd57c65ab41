import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../errors.ts';
import { answerOn, sourceOf } from '../answer/answer.fixtures.ts';
import { structureSet } from '../answer/rtstruct/structure-set.ts';
import { segmentationObject } from '../answer/seg/segmentation-object.ts';
import { readFile } from '../read-file.ts';
import { type WritableDataSet, writeFile } from '../write-dataset.ts';
import { readSegmentation } from './read-segmentation.ts';
import { readStructureSet } from './read-structure-set.ts';

const NAME = 'annotation';
const source = sourceOf({ kind: 'CT', rows: 9, columns: 7, frames: 2 });
const read = (file: Uint8Array, reader: typeof readSegmentation | typeof readStructureSet) =>
  reader(readFile(file, { name: NAME, maxInflatedBytes: 1 << 20 }).dataSet, source, NAME);

/** A segmentation by hand, of one frame and one segment. */
const SEGMENTATION: WritableDataSet = {
  SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
  SOPInstanceUID: '2.25.1',
  Rows: 9,
  Columns: 7,
  NumberOfFrames: 1,
  BitsAllocated: 1,
  SegmentationType: 'BINARY',
  SegmentSequence: [{ SegmentNumber: 1, SegmentLabel: 'Reader' }],
  PerFrameFunctionalGroupsSequence: [
    {
      SegmentIdentificationSequence: [{ ReferencedSegmentNumber: 1 }],
      DerivationImageSequence: [{ SourceImageSequence: [{ ReferencedSOPInstanceUID: '2.25.1001' }] }],
    },
  ],
  PixelData: new Uint8Array(8).fill(255),
};

function refusal(change: WritableDataSet): string {
  const file = writeFile({ ...SEGMENTATION, ...change }, { name: 'test', version: '1' });
  try {
    read(file, readSegmentation);
  } catch (error) {
    if (error instanceof InputError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'accepted';
}

describe('a segmentation that is wrong', () => {
  it('is told from one that is right', () => expect(refusal({})).toBe('accepted'));

  it.each<[string, WritableDataSet, RegExp]>([
    ['more pixels than bytes', { PixelData: new Uint8Array(6) }, /malformed-dicom .*PixelData/],
    ['no pixels', { PixelData: undefined }, /malformed-dicom .*PixelData/],
    ['no rows', { Rows: undefined }, /malformed-dicom .*PixelData/],
    ['as many frames as a number holds', { NumberOfFrames: 2 ** 31 - 1 }, /malformed-dicom .*PixelData/],
    [
      'fewer descriptions than frames',
      { PerFrameFunctionalGroupsSequence: [] },
      /malformed-dicom .*0 items for 1/,
    ],
    ['a type that is none', { SegmentationType: 'SURFACE' }, /malformed-dicom .*SegmentationType/],
    [
      'bits that do not go with its type',
      { BitsAllocated: 8, Rows: 1 },
      /malformed-dicom .*SegmentationType/,
    ],
    ['no segment', { SegmentSequence: [] }, /malformed-dicom .*0 segments/],
    ['thousands of segments', { SegmentSequence: Array(3000).fill({}) }, /malformed-dicom .*3000 segments/],
    ['another size than the image', { Rows: 7, Columns: 9 }, /unusable-dicom .*do not lie on those/],
  ])('by %s is refused', (_, change, problem) => {
    expect(refusal(change)).toMatch(problem);
  });

  it.each([
    ['segmentation', segmentationObject, readSegmentation],
    ['structure set', structureSet, readStructureSet],
  ] as const)('by changed bytes is read or refused, never a fault: %s', async (_, write, reader) => {
    const file = await write(answerOn(source));
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 12 }), fc.nat(file.length), (changes, cut) => {
        const bad = file.slice(0, cut % 3 === 0 ? cut : file.length);
        for (const [at, byte] of changes) if (at < bad.length) bad[at] = byte;
        try {
          for (const { masks } of read(bad, reader)) expect(masks.length).toBe(2);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 1500 },
    );
  });
});

describe('a structure set that is wrong', () => {
  it.each([[[1, 2, 3, 4]], [[1, 2, 3, 4, 5, 6]], [[]]])('by contour data %j is refused', (numbers) => {
    const file = writeFile(
      {
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.481.3',
        SOPInstanceUID: '2.25.1',
        StructureSetROISequence: [{ ROINumber: 1, ReferencedFrameOfReferenceUID: '2.25.4001' }],
        ROIContourSequence: [
          {
            ReferencedROINumber: 1,
            ContourSequence: [{ ContourGeometricType: 'CLOSED_PLANAR', ContourData: numbers }],
          },
        ],
      },
      { name: 'test', version: '1' },
    );
    expect(() => read(file, readStructureSet)).toThrow(/ContourData.*not three for each/);
  });
});
