import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeRunLengths } from '../../mask/run-lengths.ts';
import type { DataSet } from '../dataset.ts';
import { binaryFramesByDcmjs, readByDcmjs } from '../dcmjs.fixtures.ts';
import { readFile } from '../read-file.ts';
import type { SourceFrame, SourceImage } from '../source-image.ts';
import { readSegmentation } from './read-segmentation.ts';

const repository = resolve(import.meta.dirname, '../../../..');
const folder = resolve(repository, process.env.DPERSONA_DICOM ?? '../shared/dicom', 'highdicom');

/** The images that a segmentation was made on, as far as it tells: its own planes, by the instances it refers to. */
function sourceOfSegmentation(dataSet: DataSet): SourceImage {
  const [shared] = dataSet.items('SharedFunctionalGroupsSequence');
  const frames = new Map<string, SourceFrame>();
  for (const own of dataSet.items('PerFrameFunctionalGroupsSequence')) {
    const [reference] = own.items('DerivationImageSequence')[0]?.items('SourceImageSequence') ?? [];
    const sopInstanceUid = reference?.string('ReferencedSOPInstanceUID') ?? '';
    const [row, column] = shared?.items('PixelMeasuresSequence')[0]?.numbers('PixelSpacing') ?? [];
    frames.set(sopInstanceUid, {
      sopClassUid: reference?.string('ReferencedSOPClassUID') ?? '',
      sopInstanceUid,
      frameNumber: 1,
      pixelSpacing: row === undefined || column === undefined ? undefined : [row, column],
      imageOrientationPatient: shared
        ?.items('PlaneOrientationSequence')[0]
        ?.numbers('ImageOrientationPatient'),
      imagePositionPatient: own.items('PlanePositionSequence')[0]?.numbers('ImagePositionPatient'),
    });
  }
  return {
    rows: dataSet.number('Rows') ?? 0,
    columns: dataSet.number('Columns') ?? 0,
    modality: 'CT',
    studyInstanceUid: '',
    seriesInstanceUid: '',
    frameOfReferenceUid: dataSet.string('FrameOfReferenceUID'),
    multiFrame: false,
    patient: {},
    study: {},
    series: {},
    frames: [...frames.values()],
  };
}

describe.skipIf(!existsSync(folder))(
  "highdicom's segmentations (in the folder DPERSONA_DICOM; skipped where it is absent)",
  () => {
    it.each([
      ['seg_image_cr_binary', 1, 1],
      ['seg_image_ct_binary', 1, 3],
      ['seg_image_ct_binary_overlap', 2, 8],
      ['seg_image_ct_binary_single_frame', 1, 1],
      ['seg_image_ct_binary_fractional', 1, 3],
      ['seg_image_ct_true_fractional', 1, 3],
    ])('%s has the pixels that dcmjs reads', (name, segmentCount, frameCount) => {
      const file = Uint8Array.from(readFileSync(resolve(folder, `${name}.dcm`)));
      const { dataSet } = readFile(file, { name, maxInflatedBytes: 0 });
      const source = sourceOfSegmentation(dataSet);
      const segments = readSegmentation(dataSet, source, name);
      expect(segments.length).toBe(segmentCount);

      const read = readByDcmjs(file);
      const pixels = source.rows * source.columns;
      const bytes = new Uint8Array(read.PixelData[0] as ArrayBuffer);
      const frames = name.includes('fractional')
        ? read.PerFrameFunctionalGroupsSequence.map((_, i) =>
            bytes.slice(i * pixels, (i + 1) * pixels).map((value) => Number(value >= 128)),
          )
        : binaryFramesByDcmjs(read, pixels);
      expect(frames.length).toBe(frameCount);
      frames.forEach((expected, i) => {
        const groups = read.PerFrameFunctionalGroupsSequence[i];
        const number = groups?.SegmentIdentificationSequence[0]?.ReferencedSegmentNumber;
        const uid = groups?.DerivationImageSequence[0]?.SourceImageSequence[0]?.ReferencedSOPInstanceUID;
        const frame = source.frames.findIndex(({ sopInstanceUid }) => sopInstanceUid === uid);
        const runs = segments.find((segment) => segment.number === number)?.masks[frame];
        const mask = runs ? decodeRunLengths(runs, name).data : new Uint8Array(pixels);
        expect(mask).toEqual(expected);
      });
      expect(segments.flatMap(({ masks }) => masks).some((mask) => mask !== null)).toBe(true);
    });
  },
);
