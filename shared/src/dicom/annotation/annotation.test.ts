import { describe, expect, it } from 'vitest';
import { InputError } from '../../errors.ts';
import { maskOf } from '../../mask/mask.fixtures.ts';
import type { Mask } from '../../mask/mask.ts';
import { decodeRunLengths } from '../../mask/run-lengths.ts';
import { answerOn, type SourceOptions, sourceOf } from '../answer/answer.fixtures.ts';
import { type Answer, maskOn } from '../answer/answer.ts';
import { structureSet } from '../answer/rtstruct/structure-set.ts';
import { segmentationObject } from '../answer/seg/segmentation-object.ts';
import { readFile } from '../read-file.ts';
import type { SourceImage } from '../source-image.ts';
import type { AnnotatedSegment } from './annotated-segment.ts';
import { readSegmentation } from './read-segmentation.ts';
import { readStructureSet } from './read-structure-set.ts';

const NAME = 'annotation';
const LIMITS = { name: NAME, maxInflatedBytes: 1 << 24 };
const dataSetOf = (file: Uint8Array) => readFile(file, LIMITS).dataSet;

const drawn = ({ source, segments }: Answer) =>
  segments.map((segment) => source.frames.map((_, frame) => maskOn(source, segment, frame)));
const read = (segments: readonly AnnotatedSegment[]) =>
  segments.map(({ masks }) => masks.map((mask) => mask && decodeRunLengths(mask, NAME)));

function problemOf(action: () => unknown): InputError {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const SOURCES: [string, SourceOptions][] = [
  ['a CT slice', { kind: 'CT' }],
  ['a CT series', { kind: 'CT', frames: 4 }],
  ['negated cosines', { kind: 'CT', frames: 4, orientation: [-1, 0, 0, 0, -1, 0] }],
  ['an oblique series', { kind: 'MR', frames: 3, orientation: [0.6, 0.8, 0, 0, 0, -1] }],
  ['an enhanced CT', { kind: 'enhanced CT', frames: 4 }],
];

describe('a segmentation that is sent back', () => {
  it.each([
    ...SOURCES,
    ['a radiograph', { kind: 'CR' }],
    ['an ultrasound loop', { kind: 'US', frames: 4 }],
  ] as [string, SourceOptions][])('has the masks that it was made of: %s', async (_, options) => {
    const answer = answerOn(sourceOf(options));
    const segments = readSegmentation(dataSetOf(await segmentationObject(answer)), answer.source, NAME);
    expect(read(segments)).toEqual(drawn(answer));
    expect(segments[1]).toMatchObject({ number: 2, label: 'Größe 2', trackingId: 'persona/rank-2' });
  });

  it('has the pixels of at least half of the probability, if it is fractional', async () => {
    const answer = answerOn(sourceOf({ kind: 'CT', frames: 2 }));
    const file = await segmentationObject(answer, { fractional: true });
    const half = answer.segments.map(({ probabilities }) =>
      (probabilities ?? []).map(
        (map): Mask | null =>
          map && {
            height: 23,
            width: 38,
            data: Uint8Array.from(map, (p) => Number(Math.round(p * 255) >= 127.5)),
          },
      ),
    );
    expect(read(readSegmentation(dataSetOf(file), answer.source, NAME))).toEqual(half);
  });

  it('is read on one image of its series', async () => {
    const answer = answerOn(sourceOf({ kind: 'CT', frames: 4 }));
    const { source } = answer;
    const dataSet = dataSetOf(await segmentationObject(answer));
    const one = { ...source, frames: source.frames.slice(2, 3) };
    expect(read(readSegmentation(dataSet, one, NAME))).toEqual(
      drawn(answer).map((masks) => masks.slice(2, 3)),
    );
  });

  it('is refused for another image', async () => {
    const dataSet = dataSetOf(await segmentationObject(answerOn(sourceOf({ kind: 'CT' }))));
    const other = sourceOf({ kind: 'CT' });
    const frames = other.frames.map((frame) => ({ ...frame, sopInstanceUid: '2.25.9' }));
    const problem = problemOf(() => readSegmentation(dataSet, { ...other, frames }, NAME));
    expect(problem).toMatchObject({ code: 'unusable-dicom', input: NAME });
    expect(problem.message).toContain('no frame that lies on the image');
  });
});

describe('a segmentation on other pixels of the same place', () => {
  const target = sourceOf({ kind: 'CT', rows: 6, columns: 8 });
  const shape = maskOf(['##..', '#...', '#..#']);

  /** A segmentation of 3 × 4 pixels, made on a plane of its own, that refers to the target. */
  async function onPlane(
    origin: readonly [column: number, row: number],
    orientation: readonly number[],
    spacing = [0.7, 0.5],
  ) {
    const [frame] = target.frames as [SourceImage['frames'][number]];
    const position = [-12.5 + 0.5 * origin[0], 40.25 + 0.7 * origin[1], -7.125];
    const plane = {
      imagePositionPatient: position,
      imageOrientationPatient: orientation,
      pixelSpacing: spacing as never,
    };
    const source = { ...target, rows: 3, columns: 4, frames: [{ ...frame, ...plane }] };
    const segment = { id: 'reader', title: 'Reader', kind: 'persona' as const, masks: [shape] };
    return dataSetOf(await segmentationObject(answerOn(source, [segment])));
  }

  it('is put on the right ones: a part of the image', async () => {
    const dataSet = await onPlane([2, 1], [1, 0, 0, 0, 1, 0]);
    const expected = maskOf(['........', '..##....', '..#.....', '..#..#..', '........', '........']);
    expect(read(readSegmentation(dataSet, target, NAME))).toEqual([[expected]]);
  });

  it('is put on the right ones: flipped', async () => {
    const dataSet = await onPlane([5, 4], [-1, 0, 0, 0, -1, 0]);
    const expected = maskOf(['........', '........', '..#..#..', '.....#..', '....##..', '........']);
    expect(read(readSegmentation(dataSet, target, NAME))).toEqual([[expected]]);
  });

  it('is put on the right ones: partly outside', async () => {
    const dataSet = await onPlane([-1, 4], [1, 0, 0, 0, 1, 0]);
    const expected = maskOf(['........', '........', '........', '........', '#.......', '........']);
    expect(read(readSegmentation(dataSet, target, NAME))).toEqual([[expected]]);
  });

  it.each([
    ['between them', [2.5, 1], [1, 0, 0, 0, 1, 0], [0.7, 0.5]],
    ['turned', [2, 1], [0.8, 0.6, 0, -0.6, 0.8, 0], [0.7, 0.5]],
    ['of another size', [2, 1], [1, 0, 0, 0, 1, 0], [0.35, 0.25]],
  ] as const)('is refused: %s', async (_, origin, orientation, spacing) => {
    const dataSet = await onPlane(origin, orientation, [...spacing]);
    expect(problemOf(() => readSegmentation(dataSet, target, NAME)).message).toContain('do not lie on those');
  });
});

describe('a structure set that is sent back', () => {
  it.each(SOURCES)('has the masks that it was made of: %s', async (_, options) => {
    const answer = answerOn(sourceOf(options));
    const segments = readStructureSet(dataSetOf(await structureSet(answer)), answer.source, NAME);
    expect(read(segments)).toEqual(drawn(answer));
    expect(segments[2]).toMatchObject({ number: 3, label: 'Größe 3' });
  });

  it('keeps holes and islands', async () => {
    const source = sourceOf({ kind: 'CT', rows: 5, columns: 7 });
    const mask = maskOf(['#####..', '#...#.#', '#.#.#..', '#...#..', '#####..']);
    const segment = { id: 'reader', title: 'Reader', kind: 'persona' as const, masks: [mask] };
    const dataSet = dataSetOf(await structureSet(answerOn(source, [segment])));
    expect(read(readStructureSet(dataSet, source, NAME))).toEqual([[mask]]);
  });

  it('is refused for another image, and for one without a place in the patient', async () => {
    const dataSet = dataSetOf(await structureSet(answerOn(sourceOf({ kind: 'CT' }))));
    const other = { ...sourceOf({ kind: 'CT' }), frameOfReferenceUid: '2.25.9' };
    expect(problemOf(() => readStructureSet(dataSet, other, NAME)).message).toContain('no closed contour');
    expect(problemOf(() => readStructureSet(dataSet, sourceOf({ kind: 'CR' }), NAME)).message).toContain(
      'no position in the patient',
    );
  });

  it('cannot be made of an image without a place in the patient', async () => {
    await expect(structureSet(answerOn(sourceOf({ kind: 'US' })))).rejects.toMatchObject({
      code: 'unusable-dicom',
    });
  });
});
