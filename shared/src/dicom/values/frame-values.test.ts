import { describe, expect, it } from 'vitest';
import { ctElements, type Elements, fileOf } from '../encode.fixtures.ts';
import { decodeFrame } from '../pixels/decode-frame.ts';
import { WasmDecoders } from '../pixels/wasm-decoders.ts';
import { readObject } from '../read-image.ts';
import { displayPicture } from './display-picture.ts';
import { type ExpectedValues, frameValues } from './frame-values.ts';

const LIMITS = { maxPixels: 1 << 16, maxFrames: 16, maxInflatedBytes: 0, minSide: 1 };
const ANY: ExpectedValues = { units: null, window: null };
const HU: ExpectedValues = { units: 'HU', window: null };

async function cellsOf(elements: Elements, frame: number, writing = {}) {
  const { dataSet, transferSyntax, layout } = readObject(fileOf(elements, writing), 'body', LIMITS);
  const noDecoder = new WasmDecoders(() => Promise.reject(new Error('not needed')));
  return { dataSet, layout, cells: await decodeFrame(dataSet, transferSyntax, layout, frame, noDecoder) };
}

/** Values of one row of pixels, as a release expects them. */
async function valuesOf(elements: Elements, expected = ANY, frame = 0, writing = {}): Promise<number[]> {
  const { dataSet, layout, cells } = await cellsOf(elements, frame, writing);
  return [...frameValues(cells, layout, dataSet, frame, expected).data];
}

async function shown(elements: Elements): Promise<number[]> {
  const { dataSet, layout, cells } = await cellsOf(elements, 0);
  return [...displayPicture(cells, layout, dataSet, 0).data];
}

const words = (...values: number[]) => new Uint8Array(Uint16Array.from(values).buffer);
const bytes = (...values: number[]) => Uint8Array.from(values);

/** A row of 16-bit pixels. */
function row(values: readonly number[], changes: Elements = {}): Elements {
  return ctElements(1, values.length, { PixelData: words(...values), ...changes });
}

/** A row of 8-bit pixels in colour. */
function colour(photometric: string, pixels: Uint8Array, columns: number, changes: Elements = {}): Elements {
  return ctElements(1, columns, {
    Modality: 'OT',
    PhotometricInterpretation: photometric,
    SamplesPerPixel: photometric === 'PALETTE COLOR' ? 1 : 3,
    PlanarConfiguration: 0,
    BitsAllocated: 8,
    BitsStored: 8,
    HighBit: 7,
    PixelRepresentation: 0,
    RescaleIntercept: undefined,
    RescaleSlope: undefined,
    PixelData: pixels,
    ...changes,
  });
}

const UNCHANGED = { RescaleIntercept: undefined, RescaleSlope: undefined };

describe('stored values (PS3.5 8.1.1)', () => {
  it('are signed or not', async () => {
    expect(await valuesOf(row([0, 1, 0xffff, 0x8000], UNCHANGED))).toEqual([0, 1, -1, -32768]);
    const unsigned = row([0, 1, 0xffff, 0x8000], { ...UNCHANGED, PixelRepresentation: 0 });
    expect(await valuesOf(unsigned)).toEqual([0, 1, 65535, 32768]);
  });

  it('are the bits from the high bit down, without what stands around them', async () => {
    // 12 bits below bit 13; the bits above and below hold an overlay.
    const around = { ...UNCHANGED, BitsStored: 12, HighBit: 13 };
    expect(await valuesOf(row([0b11_000000000001_11, 0b00_100000000000_00], around))).toEqual([1, -2048]);
    expect(await valuesOf(row([0xf801], { ...UNCHANGED, BitsStored: 12, HighBit: 11 }))).toEqual([-2047]);
  });

  it('come in big endian too, bytes in words change places', async () => {
    const big = { littleEndian: false };
    expect(await valuesOf(row([0x0100], UNCHANGED), ANY, 0, big)).toEqual([1]);
    const inWords = colour('RGB', bytes(2, 1, 4, 3, 6, 5), 2);
    const writing = { ...big, open: { OX: 'OW' as const } };
    const asWords = { ...inWords, PixelData: undefined, '7fe00010 OW': bytes(2, 1, 4, 3, 6, 5) };
    expect(await valuesOf(asWords, ANY, 0, writing)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await valuesOf(inWords, ANY, 0, big)).toEqual([2, 1, 4, 3, 6, 5]);
  });
});

describe('modality values (PS3.3 C.11.1)', () => {
  it('are rescaled', async () => {
    expect(await valuesOf(row([0, 1000], { RescaleSlope: '2', RescaleIntercept: '-1000.5' }))).toEqual([
      -1000.5, 999.5,
    ]);
  });

  it('are rescaled frame by frame, of the frame, of all frames, or of the object (C.7.6.16.2.9)', async () => {
    const rescale = (RescaleSlope: string) => ({
      PixelValueTransformationSequence: {
        items: [{ RescaleSlope, RescaleIntercept: '0', RescaleType: 'HU' }],
      },
    });
    const frames = row([1], { ...UNCHANGED, NumberOfFrames: '2', PixelData: words(1, 1) });
    const perFrame = { ...frames, PerFrameFunctionalGroupsSequence: { items: [rescale('3'), rescale('5')] } };
    expect([await valuesOf(perFrame, HU, 0), await valuesOf(perFrame, HU, 1)]).toEqual([[3], [5]]);
    const shared = { ...frames, SharedFunctionalGroupsSequence: { items: [rescale('7')] } };
    expect(await valuesOf(shared, HU, 1)).toEqual([7]);
    const of3 = { ...frames, NumberOfFrames: '3', PixelData: words(1, 1, 1) };
    const tooFew = { ...of3, PerFrameFunctionalGroupsSequence: { items: [rescale('3')] } };
    await expect(valuesOf(tooFew)).rejects.toThrow('PerFrameFunctionalGroupsSequence (5200,9230)');
  });

  it('come from a lookup table, whose ends hold beyond it', async () => {
    const table = { LUTDescriptor: [3, 10, 16], LUTData: words(100, 200, 300), ModalityLUTType: 'OD' };
    const elements = row([9, 10, 11, 12, 13], { ...UNCHANGED, ModalityLUTSequence: { items: [table] } });
    expect(await valuesOf(elements)).toEqual([100, 100, 200, 300, 300]);
    expect(await valuesOf(elements, { units: 'OD', window: null })).toEqual([100, 100, 200, 300, 300]);
    const below = { ...table, LUTDescriptor: [3, 0xffff, 16] };
    expect(
      await valuesOf(row([0xffff, 0], { ...UNCHANGED, ModalityLUTSequence: { items: [below] } })),
    ).toEqual([100, 200]);
  });

  it.each([
    ['RescaleSlope (0028,1053)', { RescaleSlope: undefined }],
    ['RescaleIntercept (0028,1052)', { RescaleIntercept: undefined }],
    ['RescaleSlope (0028,1053)', { RescaleSlope: '0' }],
    ['RescaleSlope (0028,1053)', { RescaleSlope: 'one' }],
  ])('name %s', async (attribute, changes) => {
    await expect(valuesOf(row([1], changes))).rejects.toMatchObject({
      code: 'malformed-dicom',
      input: `body, ${attribute}`,
    });
  });
});

describe('units', () => {
  it('of CT are Hounsfield units unless it says others', async () => {
    expect(await valuesOf(row([24]), HU)).toEqual([-1000]);
    expect(await valuesOf(row([24], { RescaleType: 'HU' }), HU)).toEqual([-1000]);
  });

  it.each([
    ['RescaleType (0028,1054)', row([1], { RescaleType: 'US' })],
    ['RescaleType (0028,1054)', row([1], { Modality: 'MR' })],
    ['RescaleIntercept (0028,1052)', row([1], UNCHANGED)],
    ['PhotometricInterpretation (0028,0004)', colour('RGB', bytes(1, 2, 3), 1)],
  ])('that the release does not read: %s', async (attribute, elements) => {
    await expect(valuesOf(elements, HU)).rejects.toMatchObject({
      code: 'unusable-dicom',
      input: `body, ${attribute}`,
    });
  });
});

describe('padding (PS3.3 C.7.5.1.1.2)', () => {
  const padded = { ...UNCHANGED, PixelPaddingValue: 0xf830 }; // −2000

  it('becomes background', async () => {
    expect(await valuesOf(row([0xf830, 5, 7], padded))).toEqual([5, 5, 7]);
    const white = { ...padded, PhotometricInterpretation: 'MONOCHROME1' };
    expect(await valuesOf(row([0xf830, 5, 7], white))).toEqual([5, 7, 5]); // 7 is black, then turned round
  });

  it('may be a range', async () => {
    expect(
      await valuesOf(row([0xf830, 0xf82f, 0xf82e, 4], { ...padded, PixelPaddingRangeLimit: 0xf82f })),
    ).toEqual([-2002, -2002, -2002, 4]);
  });

  it('of everything stays', async () => {
    expect(await valuesOf(row([0xf830, 0xf830], padded))).toEqual([-2000, -2000]);
  });
});

describe('grey levels', () => {
  const window = { WindowCenter: '50', WindowWidth: '101' };

  it('are not clipped unless the release asks for it', async () => {
    expect(await valuesOf(row([0, 3000], window))).toEqual([-1024, 1976]);
  });

  it('are clipped to the window of the release', async () => {
    const expected: ExpectedValues = { units: 'HU', window: { center: 0, width: 100 } };
    expect(await valuesOf(row([924, 974, 1024, 1074, 1999]), expected)).toEqual([0, 0, 127.5, 255, 255]);
  });

  it('are those that the image recommends, by the function that it names', async () => {
    const own: ExpectedValues = { units: null, window: 'image' };
    // C.11.2.1.2.1, with c − 0.5 = 49.5 and w − 1 = 100
    const linear = await valuesOf(row([1023, 1073, 1074, 1124], window), own);
    expect(linear).toEqual([0, 255 * 0.495, 255 * 0.505, 255].map(Math.fround));
    const exact = row([1024, 1074, 1124], { ...window, WindowWidth: '100', VOILUTFunction: 'LINEAR_EXACT' });
    expect(await valuesOf(exact, own)).toEqual([0, 127.5, 255]);
    const sigmoid = row([1074, 1099], { ...window, WindowWidth: '100', VOILUTFunction: 'SIGMOID' });
    expect(await valuesOf(sigmoid, own)).toEqual([127.5, 255 / (1 + Math.exp(-1))].map(Math.fround));
    const threshold = row([1073, 1074], { WindowCenter: '50', WindowWidth: '1' });
    expect(await valuesOf(threshold, own)).toEqual([0, 255]);
  });

  it('may come from a VOI LUT, which goes before windows', async () => {
    const table = { LUTDescriptor: [2, 0, 8], LUTData: words(0x3300) };
    const elements = row([0, 1], { ...UNCHANGED, ...window, VOILUTSequence: { items: [table] } });
    expect(await valuesOf(elements, { units: null, window: 'image' })).toEqual([0, 51]);
  });

  it('are refused where the release needs a window and there is none, or none that can be', async () => {
    const own: ExpectedValues = { units: null, window: 'image' };
    await expect(valuesOf(row([1]), own)).rejects.toMatchObject({ input: 'body, WindowCenter (0028,1050)' });
    const narrow = row([1], { WindowCenter: '1', WindowWidth: '0.5' });
    await expect(valuesOf(narrow, own)).rejects.toMatchObject({ input: 'body, WindowWidth (0028,1051)' });
  });

  it('of MONOCHROME1 are turned round, except in units', async () => {
    const white = { PhotometricInterpretation: 'MONOCHROME1' };
    expect(await valuesOf(row([10, 20, 40], { ...UNCHANGED, ...white }))).toEqual([40, 30, 10]);
    expect(await valuesOf(row([1024, 1034], white), HU)).toEqual([0, 10]);
  });

  it('are shown by the window, or over their range, black as black', async () => {
    expect(await shown(row([0, 1074, 3000], window))).toEqual([0, 129, 255]);
    expect(await shown(row([10, 20, 30], UNCHANGED))).toEqual([0, 128, 255]);
    expect(await shown(row([10, 30], { ...UNCHANGED, PhotometricInterpretation: 'MONOCHROME1' }))).toEqual([
      255, 0,
    ]);
    expect(await shown(row([7, 7], UNCHANGED))).toHaveLength(2);
  });
});

describe('colour (PS3.3 C.7.6.3.1)', () => {
  it('comes by pixel or by plane', async () => {
    const planes = bytes(1, 2, 3, 4, 5, 6);
    expect(await valuesOf(colour('RGB', planes, 2))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await valuesOf(colour('RGB', planes, 2, { PlanarConfiguration: 1 }))).toEqual([1, 3, 5, 2, 4, 6]);
  });

  it('of YBR_FULL becomes RGB', async () => {
    // ITU-R BT.601: red is Y 76, CB 85, CR 255; grey has CB and CR 128
    const [r = 0, g = 0, b = 0, ...grey] = await valuesOf(
      colour('YBR_FULL', bytes(76, 85, 255, 9, 128, 128), 2),
    );
    expect([r, g, b].map(Math.round)).toEqual([254, 0, 0]);
    expect(grey).toEqual([9, 9, 9]);
  });

  it('of YBR_FULL_422 is shared by two pixels', async () => {
    const values = await valuesOf(colour('YBR_FULL_422', bytes(10, 20, 128, 128), 2));
    expect(values).toEqual([10, 10, 10, 20, 20, 20]);
  });

  it('that is a transform of JPEG 2000 is none of native pixels', async () => {
    await expect(valuesOf(colour('YBR_RCT', bytes(1, 2, 3), 1))).rejects.toMatchObject({
      code: 'unusable-dicom',
    });
  });

  const palette = (bits: number, data: readonly Uint8Array[], count = 3): Elements => ({
    RedPaletteColorLookupTableDescriptor: [count, 1, bits],
    GreenPaletteColorLookupTableDescriptor: [count, 1, bits],
    BluePaletteColorLookupTableDescriptor: [count, 1, bits],
    RedPaletteColorLookupTableData: data[0],
    GreenPaletteColorLookupTableData: data[1],
    BluePaletteColorLookupTableData: data[2],
  });

  it('comes from a palette of 16 bits, of 8 bits in words, of 8 bits packed', async () => {
    const expected = [10, 40, 70, 10, 40, 70, 20, 50, 80, 30, 60, 90, 30, 60, 90];
    const columns = [
      [10, 20, 30],
      [40, 50, 60],
      [70, 80, 90],
    ];
    const indices = bytes(0, 1, 2, 3, 4);
    const full = palette(
      16,
      columns.map((values) => words(...values.map((value) => 257 * value))),
    );
    expect(await valuesOf(colour('PALETTE COLOR', indices, 5, full))).toEqual(expected);
    const inWords = palette(
      8,
      columns.map((values) => words(...values)),
    );
    expect(await valuesOf(colour('PALETTE COLOR', indices, 5, inWords))).toEqual(expected);
    const packed = palette(
      8,
      columns.map((values) => bytes(...values, 0)),
    );
    expect(await valuesOf(colour('PALETTE COLOR', indices, 5, packed))).toEqual(expected);
  });

  it('comes from a palette in segments (C.7.9.2)', async () => {
    // discrete 0, 100; linear to 400 in 3; the discrete one again
    const segments = words(0, 2, 0, 100, 1, 3, 400, 2, 1, 0, 0);
    const elements = colour('PALETTE COLOR', bytes(1, 2, 3, 4, 5, 6, 7, 0), 8, {
      ...palette(16, [], 7),
      SegmentedRedPaletteColorLookupTableData: segments,
      SegmentedGreenPaletteColorLookupTableData: segments,
      SegmentedBluePaletteColorLookupTableData: segments,
    });
    const values = await valuesOf(elements);
    const reds = values.filter((_, i) => i % 3 === 0).map((value) => Math.round(value * 257));
    expect(reds).toEqual([0, 100, 200, 300, 400, 0, 100, 0]);
  });

  it.each([
    ['RedPaletteColorLookupTableDescriptor (0028,1101)', { RedPaletteColorLookupTableDescriptor: [3, 0] }],
    [
      'GreenPaletteColorLookupTableDescriptor (0028,1102)',
      { GreenPaletteColorLookupTableDescriptor: [3, 0, 99] },
    ],
    ['BluePaletteColorLookupTableData (0028,1203)', { BluePaletteColorLookupTableData: words(1) }],
    ['BluePaletteColorLookupTableData (0028,1203)', { BluePaletteColorLookupTableData: undefined }],
    [
      'SegmentedRedPaletteColorLookupTableData (0028,1221)',
      { SegmentedRedPaletteColorLookupTableData: words(2, 1000, 0, 0) },
    ],
  ])('of a palette that is broken names %s', async (attribute, changes) => {
    const tables = palette(16, [words(1, 2, 3), words(1, 2, 3), words(1, 2, 3)]);
    await expect(
      valuesOf(colour('PALETTE COLOR', bytes(1, 0), 2, { ...tables, ...changes })),
    ).rejects.toMatchObject({
      code: 'malformed-dicom',
      input: `body, ${attribute}`,
    });
  });
});
