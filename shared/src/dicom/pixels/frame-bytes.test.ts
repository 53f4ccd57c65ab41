import { describe, expect, it } from 'vitest';
import { ctElements, type Elements, fileOf } from '../encode.fixtures.ts';
import { readFile } from '../read-file.ts';
import { encapsulatedFrame, nativeFrame } from './frame-bytes.ts';
import { readPixelLayout } from './pixel-layout.ts';

const LIMITS = { maxPixels: 1 << 20, maxFrames: 100 };
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const starts = ([first]: Uint8Array) => first === 0xff;

function framesOf(elements: Elements, syntax?: string): number[][] {
  const file = fileOf(elements, syntax === undefined ? {} : { syntax });
  const { dataSet } = readFile(file, { name: 'body', maxInflatedBytes: 0 });
  const layout = readPixelLayout(dataSet, LIMITS);
  return Array.from({ length: layout.frames }, (_, i) => [
    ...(syntax === undefined
      ? nativeFrame(dataSet, layout, i)
      : encapsulatedFrame(dataSet, layout, i, starts)),
  ]);
}

/** Fragments of three frames: of one, two and one. */
const FRAGMENTS = [
  [0xff, 1],
  [0xff, 2],
  [0, 3],
  [0xff, 4],
].map((bytes) => Uint8Array.from(bytes));
const FRAMES = [
  [0xff, 1],
  [0xff, 2, 0, 3],
  [0xff, 4],
];
const words = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);

function encapsulated(
  frames: number,
  table: Uint8Array,
  fragments = FRAGMENTS,
  more: Elements = {},
): Elements {
  const PixelData = { fragments: [table, ...fragments] };
  return ctElements(1, 1, { NumberOfFrames: String(frames), ...more, PixelData });
}

describe('frames', () => {
  it('of native pixels follow each other', () => {
    const pixels = Uint8Array.of(1, 0, 2, 0, 3, 0, 4, 0);
    expect(framesOf(ctElements(1, 2, { NumberOfFrames: '2', PixelData: pixels }))).toEqual([
      [1, 0, 2, 0],
      [3, 0, 4, 0],
    ]);
  });

  it('are found by the basic offset table', () => {
    expect(framesOf(encapsulated(3, words(0, 10, 30)), JPEG_LOSSLESS)).toEqual(FRAMES);
  });

  it('are found by the extended offset table', () => {
    const more = { ExtendedOffsetTable: [0, 10, 30], ExtendedOffsetTableLengths: [2, 4, 2] };
    expect(framesOf(encapsulated(3, words(), FRAGMENTS, more), JPEG_LOSSLESS)).toEqual(FRAMES);
  });

  it('are found by where pictures begin, without a table or with a wrong one', () => {
    for (const table of [words(), words(0, 11, 30), words(0, 10), words(10, 0, 30)]) {
      expect(framesOf(encapsulated(3, table), JPEG_LOSSLESS)).toEqual(FRAMES);
    }
  });

  it('are a fragment each where there are as many', () => {
    const expected = FRAGMENTS.map((fragment) => [...fragment]);
    expect(framesOf(encapsulated(4, words()), JPEG_LOSSLESS)).toEqual(expected);
  });

  it('of one are all its fragments', () => {
    expect(framesOf(encapsulated(1, words()), JPEG_LOSSLESS)).toEqual([FRAMES.flat()]);
  });

  it.each([
    ['fragments that do not divide', encapsulated(2, words()), JPEG_LOSSLESS, /do not divide/],
    ['no fragment', encapsulated(1, words(), []), JPEG_LOSSLESS, /holds no fragment/],
    ['native pixels in a compressed syntax', ctElements(1, 1), JPEG_LOSSLESS, /not encapsulated/],
    ['encapsulated pixels in a native syntax', encapsulated(1, words()), undefined, /is encapsulated/],
    [
      'fewer bytes than rows need',
      ctElements(9, 9, { PixelData: new Uint8Array(160) }),
      undefined,
      /need 162/,
    ],
  ])('%s: refused', (_, elements, syntax, problem) => {
    expect(() => framesOf(elements, syntax)).toThrow(
      expect.objectContaining({
        code: 'malformed-dicom',
        input: 'body, PixelData (7fe0,0010)',
        problem: expect.stringMatching(problem),
      }),
    );
  });
});
