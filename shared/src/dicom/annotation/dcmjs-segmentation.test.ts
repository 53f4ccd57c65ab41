import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import dcmjs, { type Naturalized } from 'dcmjs';
import { describe, expect, it } from 'vitest';
import { decodeRunLengths } from '../../mask/run-lengths.ts';
import { Random } from '../../random.ts';
import { sourceOf } from '../answer/answer.fixtures.ts';
import { readFile } from '../read-file.ts';
import { readSegmentation } from './read-segmentation.ts';

const repository = resolve(import.meta.dirname, '../../../..');
const image = resolve(repository, process.env.DPERSONA_DICOM ?? '../shared/dicom', 'highdicom/ct_image.dcm');
const ROWS = 128;

/** Three slices of a CT image, 5 mm apart. */
function threeSlices(): Naturalized[] {
  const bytes = Uint8Array.from(readFileSync(image));
  return [0, 1, 2].map((index) => {
    const { dict, meta } = dcmjs.data.DicomMessage.readFile(bytes.buffer);
    const slice = dcmjs.data.DicomMetaDictionary.naturalizeDataset(dict);
    slice._meta = dcmjs.data.DicomMetaDictionary.naturalizeDataset(meta);
    slice.SOPInstanceUID = `2.25.60${index}`;
    slice.ImagePositionPatient = [-158.1, -179, 5 * index];
    return slice;
  });
}

/** A segmentation as viewers write it: each segment on slices of its own. */
function writtenByDcmjs(segments: readonly (readonly [frames: number[], pixels: Uint8Array])[]): Uint8Array {
  dcmjs.log.setLevel('error');
  const multiFrame = dcmjs.normalizers.Normalizer.normalizeToDataset(threeSlices());
  const segmentation = new dcmjs.derivations.Segmentation([multiFrame]);
  segmentation.setNumberOfFrames(segments.reduce((sum, [frames]) => sum + frames.length, 0));
  segments.forEach(([frames, pixels], i) => {
    const lesion = { CodeValue: '52988006', CodingSchemeDesignator: 'SCT', CodeMeaning: 'Lesion' };
    const segment = {
      SegmentLabel: `Reader ${i + 1}`,
      SegmentAlgorithmType: 'MANUAL',
      SegmentedPropertyCategoryCodeSequence: lesion,
      SegmentedPropertyTypeCodeSequence: lesion,
      RecommendedDisplayCIELabValue: [1, 2, 3],
    };
    segmentation.addSegment(segment, pixels, frames);
  });
  segmentation.bitPackPixelData();
  return new Uint8Array(dcmjs.data.datasetToDict(segmentation.dataset).write());
}

describe.skipIf(!existsSync(image))(
  'a segmentation that dcmjs wrote (of a CT in the folder DPERSONA_DICOM; skipped where it is absent)',
  () => {
    it('has the masks that were given to it, on the slices of the image', () => {
      const random = new Random(5);
      const noise = (frames: number) =>
        Uint8Array.from({ length: frames * ROWS * ROWS }, () => random.integer(2));
      const [first, second] = [noise(2), noise(1)];
      const file = writtenByDcmjs([
        [[1, 3], first],
        [[2], second],
      ]);
      const { dataSet } = readFile(file, { name: 'segmentation', maxInflatedBytes: 0 });
      const base = sourceOf({ kind: 'CT', rows: ROWS, columns: ROWS, frames: 3 });
      const source = {
        ...base,
        frameOfReferenceUid: dataSet.string('FrameOfReferenceUID'),
        frames: base.frames.map((frame, index) => ({
          ...frame,
          sopInstanceUid: `2.25.60${index}`,
          pixelSpacing: [0.661468, 0.661468] as const,
          imagePositionPatient: [-158.1, -179, 5 * index],
        })),
      };
      const found = readSegmentation(dataSet, source, 'segmentation').map(({ label, masks }) => [
        label,
        masks.map((mask) => mask && decodeRunLengths(mask, label).data),
      ]);
      expect(source.frameOfReferenceUid).toBeDefined();
      expect(found).toEqual([
        // dcmjs counts frames from the far end of the normal: its first is the last slice.
        ['Reader 1', [first.slice(ROWS * ROWS), null, first.slice(0, ROWS * ROWS)]],
        ['Reader 2', [null, second, null]],
      ]);
    });
  },
);
