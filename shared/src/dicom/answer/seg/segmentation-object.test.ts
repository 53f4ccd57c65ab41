import { describe, expect, it } from 'vitest';
import { encodeRunLengths } from '../../../mask/run-lengths.ts';
import { binaryFramesByDcmjs, readByDcmjs } from '../../dcmjs.fixtures.ts';
import type { SourceImage } from '../../source-image.ts';
import { dciodvfyErrors, dcmdump } from '../../validators.fixtures.ts';
import { answerOn, segmentsOn, sourceOf } from '../answer.fixtures.ts';
import { type Answer, maskOn } from '../answer.ts';
import { segmentationObject } from './segmentation-object.ts';

const SOURCES: Record<string, SourceImage> = {
  'a CT slice': sourceOf({ kind: 'CT' }),
  'a CT series': sourceOf({ kind: 'CT', frames: 4 }),
  'an oblique MR series': sourceOf({ kind: 'MR', frames: 3, orientation: [0.6, 0.8, 0, 0, 0, -1] }),
  'a computed radiograph': sourceOf({ kind: 'CR' }),
  'an ultrasound image': sourceOf({ kind: 'US' }),
  'an ultrasound loop': sourceOf({ kind: 'US', frames: 4 }),
  'an enhanced CT': sourceOf({ kind: 'enhanced CT', frames: 4 }),
};

/** What dcmjs says each frame shows, by segment number and frame of the source, next to its pixels. */
async function framesRead(answer: Answer) {
  const { source } = answer;
  const read = readByDcmjs(await segmentationObject(answer));
  const pixels = binaryFramesByDcmjs(read, source.rows * source.columns);
  return read.PerFrameFunctionalGroupsSequence.map((groups, i) => {
    const [reference] = groups.DerivationImageSequence[0]?.SourceImageSequence ?? [];
    const frame = source.frames.findIndex(
      ({ sopInstanceUid, frameNumber }) =>
        sopInstanceUid === reference?.ReferencedSOPInstanceUID &&
        frameNumber === (reference.ReferencedFrameNumber ?? 1),
    );
    return {
      segment: groups.SegmentIdentificationSequence[0]?.ReferencedSegmentNumber,
      frame,
      pixels: pixels[i],
    };
  });
}

describe.each(Object.entries(SOURCES))('a segmentation of %s', (_, source) => {
  it.each([false, true])('has no error for dciodvfy and dcmdump, fractional: %s', async (fractional) => {
    const file = await segmentationObject(answerOn(source), { fractional });
    expect(dciodvfyErrors(file)).toEqual([]);
    expect(dcmdump(file).filter((line) => /^[EWF]:/.test(line))).toEqual([]);
  });

  it('gives dcmjs the masks that went in, on the frames they were drawn on, and no empty one', async () => {
    const answer = answerOn(source);
    const drawn = answer.segments.flatMap((segment, index) =>
      [...source.frames.keys()].flatMap((frame) => {
        const mask = maskOn(source, segment, frame);
        return mask === null ? [] : [{ segment: index + 1, frame, pixels: mask.data }];
      }),
    );
    expect(drawn.length).toBeGreaterThan(3);
    expect(await framesRead(answer)).toEqual(drawn);
  });
});

describe('a segmentation', () => {
  const series = sourceOf({ kind: 'CT', frames: 3 });

  it('keeps a segment that is empty everywhere, without a frame', async () => {
    const read = readByDcmjs(await segmentationObject(answerOn(series)));
    expect(read.SegmentSequence.map(({ SegmentNumber }) => SegmentNumber)).toEqual([1, 2, 3, 4, 5]);
    const shown = read.PerFrameFunctionalGroupsSequence.map(
      (groups) => groups.SegmentIdentificationSequence[0]?.ReferencedSegmentNumber,
    );
    expect(new Set(shown)).toEqual(new Set([1, 2, 3, 4]));
  });

  it('of nothing at all has one empty frame', async () => {
    const nothing = segmentsOn(series).map((segment) => ({ ...segment, masks: [null, null, null] }));
    const file = await segmentationObject(answerOn(series, nothing));
    expect(dciodvfyErrors(file)).toEqual([]);
    const read = readByDcmjs(file);
    expect(read.NumberOfFrames).toBe(1);
    expect(binaryFramesByDcmjs(read, 23 * 38)[0]).toEqual(new Uint8Array(23 * 38));
  });

  it('says whether segments overlap', async () => {
    const overlap = async (segments: Answer['segments']) =>
      readByDcmjs(await segmentationObject(answerOn(series, segments))).SegmentsOverlap;
    expect(await overlap(segmentsOn(series))).toBe('YES');
    expect(await overlap(segmentsOn(series).slice(0, 1))).toBe('NO');
    const half = (odd: number) => ({
      height: 23,
      width: 38,
      data: Uint8Array.from({ length: 23 * 38 }, (_, i) => Number(i % 2 === odd)),
    });
    const apart = segmentsOn(series)
      .slice(0, 2)
      .map((segment, i) => ({ ...segment, masks: [half(i), null, half(1 - i)] }));
    expect(await overlap(apart)).toBe('NO');
  });

  it.each([
    ['axial', [1, 0, 0, 0, 1, 0]],
    ['axial, both cosines negated', [-1, 0, 0, 0, -1, 0]],
    ['sagittal', [0, 1, 0, 0, 0, -1]],
    ['oblique', [0.6, 0.8, 0, 0, 0, -1]],
  ])('has the geometry of the source, never mirrored: %s', async (_, orientation) => {
    const source = sourceOf({ kind: 'CT', frames: 3, orientation });
    const read = readByDcmjs(await segmentationObject(answerOn(source)));
    const [shared] = read.SharedFunctionalGroupsSequence;
    expect(shared?.PlaneOrientationSequence?.[0]?.ImageOrientationPatient).toEqual(orientation);
    expect(shared?.PixelMeasuresSequence?.[0]).toMatchObject({ PixelSpacing: [0.7, 0.5], SliceThickness: 2 });
    for (const groups of read.PerFrameFunctionalGroupsSequence) {
      const uid = groups.DerivationImageSequence[0]?.SourceImageSequence[0]?.ReferencedSOPInstanceUID;
      const frame = source.frames.find(({ sopInstanceUid }) => sopInstanceUid === uid);
      expect(groups.PlanePositionSequence?.[0]?.ImagePositionPatient).toEqual(frame?.imagePositionPatient);
    }
  });

  it('counts positions along the normal, among the frames that are stored', async () => {
    const reversed = { ...series, frames: series.frames.toReversed() };
    const read = readByDcmjs(await segmentationObject(answerOn(reversed, segmentsOn(reversed).slice(0, 1))));
    const indices = read.PerFrameFunctionalGroupsSequence.map(
      (g) => g.FrameContentSequence[0]?.DimensionIndexValues,
    );
    expect(indices).toEqual([
      [1, 2],
      [1, 1],
    ]);
  });

  it('keeps geometry frame by frame where it differs', async () => {
    const [one, two, three] = series.frames as [never, never, never];
    const source = { ...series, frames: [one, two, { ...(three as object), sliceThickness: 3 } as never] };
    const file = await segmentationObject(answerOn(source));
    expect(dciodvfyErrors(file)).toEqual([]);
    const thickness = readByDcmjs(file).PerFrameFunctionalGroupsSequence.map(
      (groups) => groups.PixelMeasuresSequence?.[0]?.SliceThickness,
    );
    expect(new Set(thickness)).toEqual(new Set([2, 3]));
  });

  it('has a slice thickness where the source has none: the distance of slices, or a cubic voxel', async () => {
    const without = (source: SourceImage) => ({
      ...source,
      frames: source.frames.map((frame) => ({ ...frame, sliceThickness: undefined })),
    });
    const thickness = async (source: SourceImage) =>
      readByDcmjs(await segmentationObject(answerOn(without(source)))).SharedFunctionalGroupsSequence[0]
        ?.PixelMeasuresSequence?.[0]?.SliceThickness;
    expect(await thickness(series)).toBe(2.5);
    expect(await thickness(sourceOf({ kind: 'CT' }))).toBe(0.7);
  });

  it('takes over patient, study and frame of reference, and says what made it', async () => {
    const dump = dcmdump(await segmentationObject(answerOn(series))).join('\n');
    expect(dump).toContain('(0010,0010) PN [Müller^Jürgen]');
    expect(dump).toContain('(0010,0020) LO [P-17]');
    expect(dump).toContain('(0020,000d) UI [2.25.2001]');
    expect(dump).toContain('(0020,0052) UI [2.25.4001]');
    expect(dump).toContain('(0008,0023) DA [20240506]');
    expect(dump).toContain('(0008,0033) TM [070809.010]');
    expect(dump).toContain('(0062,0005) LO [Größe 1]');
    expect(dump).toContain('(0062,0008) CS [AUTOMATIC]');
    expect(dump).toMatch(
      /\(0066,0032\) LT \[seed=7,threshold=0.5,segment=persona\/rank-1,release=(ab){32}\]/,
    );
    expect(dump).toContain(`(0018,1000) LO [${'ab'.repeat(32)}]`);
    expect(dump).toContain('(0008,0100) SH [52988006]');
  });

  it.each([
    [{ LossyImageCompression: '01' }, '01'],
    [
      {
        LossyImageCompression: '01',
        LossyImageCompressionRatio: [5, 10],
        LossyImageCompressionMethod: ['ISO_10918_1', 'ISO_15444_1'],
      },
      '01',
    ],
    [{ LossyImageCompression: '' }, '00'],
    [{}, '00'],
  ])('says whether its source was compressed with loss: %j', async (lossy, said) => {
    const file = await segmentationObject(answerOn({ ...series, series: { ...series.series, ...lossy } }));
    expect(dciodvfyErrors(file)).toEqual([]);
    expect(dcmdump(file).join('\n')).toContain(`(0028,2110) CS [${said}]`);
  });

  it('says what the release segments', async () => {
    const nodule = { value: '27925004', scheme: 'SCT', meaning: 'Nodule' };
    const category = { value: '49755003', scheme: 'SCT', meaning: 'Morphologically Abnormal Structure' };
    const answer = answerOn(series);
    const release = { ...answer.release, property: { category, type: nodule } };
    const dump = dcmdump(await segmentationObject({ ...answer, release })).join('\n');
    expect(dump).toContain('(0008,0104) LO [Nodule]');
    expect(dump).not.toContain('52988006');
  });

  it('is the same, byte for byte, for the same answer, however its masks are given', async () => {
    const answer = answerOn(series);
    const asRuns = answer.segments.map((segment) => ({
      ...segment,
      masks: segment.masks.map((mask) => (mask && 'data' in mask ? encodeRunLengths(mask) : mask)),
    }));
    const file = await segmentationObject(answer);
    expect(await segmentationObject({ ...answer, segments: asRuns })).toEqual(file);
  });

  it('has other UIDs for every other answer', async () => {
    const answer = answerOn(series);
    const segments = answer.segments.slice(0, 3);
    const other: Answer[] = [
      answer,
      { ...answer, segments },
      { ...answer, segments: segments.toReversed() },
      { ...answer, segments: segments.map((segment) => ({ ...segment, masks: segment.masks.toReversed() })) },
      { ...answer, request: { seed: 8, threshold: 0.5 } },
      { ...answer, request: { seed: 7, threshold: 0.6 } },
      { ...answer, release: { hash: 'cd'.repeat(32) } },
      { ...answer, software: { name: 'd-persona', version: '0.1.1' } },
      answerOn(sourceOf({ kind: 'enhanced CT', frames: 3 })),
    ];
    const reads = await Promise.all(other.map(async (each) => readByDcmjs(await segmentationObject(each))));
    reads.push(readByDcmjs(await segmentationObject(answer, { fractional: true })));
    const uids = reads.flatMap((read) => [
      read.SOPInstanceUID,
      read.SeriesInstanceUID,
      read.SegmentSequence[0]?.TrackingUID,
    ]);
    expect(new Set(uids).size).toBe(uids.length);
  });

  it('refuses masks and probabilities that are not on the source', async () => {
    const [segment] = segmentsOn(series) as [Answer['segments'][number]];
    const wrong = { ...segment, masks: [{ height: 2, width: 2, data: new Uint8Array(4) }] };
    await expect(segmentationObject(answerOn(series, [wrong]))).rejects.toThrow('size');
    const { probabilities: _, ...none } = segment;
    await expect(segmentationObject(answerOn(series, [none]), { fractional: true })).rejects.toThrow(
      'probabilities',
    );
  });
});

describe('a fractional segmentation', () => {
  it('holds probabilities in steps of 1/255', async () => {
    const source = sourceOf({ kind: 'CT' });
    const probability = Float32Array.from({ length: 23 * 38 }, (_, i) => i / (23 * 38 - 1));
    const [segment] = segmentsOn(source) as [Answer['segments'][number]];
    const answer = answerOn(source, [{ ...segment, probabilities: [probability] }]);
    const read = readByDcmjs(await segmentationObject(answer, { fractional: true }));
    const values = new Uint8Array(read.PixelData[0] as ArrayBuffer, 0, 23 * 38);
    const errors = Array.from(values, (value, i) => Math.abs(value / 255 - (probability[i] as number)));
    expect(Math.max(...errors)).toBeLessThan(0.5 / 254);
    expect([values[0], values[23 * 38 - 1]]).toEqual([0, 255]);
  });
});
