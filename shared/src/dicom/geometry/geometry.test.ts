import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { turn, UPRIGHT } from '../../mask/turn.ts';
import { ctElements, type Elements, fileOf } from '../encode.fixtures.ts';
import { frameAttributes } from '../functional-groups.ts';
import { readFile } from '../read-file.ts';
import { cropOfImage, type ImageGrid, regionOfCrop } from './crop.ts';
import { orientationOf, turnTo } from './orientation.ts';
import { pixelSize } from './pixel-spacing.ts';
import type { SlicePlane } from './slice-plane.ts';

function attributesOf(changes: Elements, frame = 0, frames = 1) {
  const { dataSet } = readFile(fileOf(ctElements(1, 1, changes)), { name: 'body', maxInflatedBytes: 0 });
  return frameAttributes(dataSet, frame, frames);
}

describe('the size of pixels', () => {
  const none = { PixelSpacing: undefined };

  it('is that in the patient, of the frame or the image', () => {
    const spacing = (PixelSpacing: string) => ({ PixelMeasuresSequence: { items: [{ PixelSpacing }] } });
    const expected = { spacing: [0.7, 0.5], atDetector: false, aspect: 1.4 };
    expect(pixelSize(attributesOf({ ImagerPixelSpacing: '9\\9' }))).toEqual(expected);
    const groups = {
      SharedFunctionalGroupsSequence: { items: [spacing('1\\2')] },
      PerFrameFunctionalGroupsSequence: { items: [{}, spacing('3\\4')] },
    };
    expect(pixelSize(attributesOf(groups, 0, 2)).spacing).toEqual([1, 2]);
    expect(pixelSize(attributesOf(groups, 1, 2)).spacing).toEqual([3, 4]);
  });

  it('is else that at the detector, which is told', () => {
    const imager = pixelSize(attributesOf({ ...none, ImagerPixelSpacing: '0.2\\0.1' }));
    expect(imager).toEqual({ spacing: [0.2, 0.1], atDetector: true, aspect: 2 });
    expect(pixelSize(attributesOf({ ...none, NominalScannedPixelSpacing: '0.3\\0.3' })).atDetector).toBe(
      true,
    );
  });

  it('is else not known, but the shape may be', () => {
    expect(pixelSize(attributesOf(none))).toEqual({ spacing: undefined, atDetector: false, aspect: 1 });
    expect(pixelSize(attributesOf({ ...none, PixelAspectRatio: '6\\5' })).aspect).toBe(1.2);
  });

  it.each(['0\\0.5', '0.5', '-1\\1', '1\\2\\3', 'a\\b', '1e9\\1'])('is not %s', (PixelSpacing) => {
    expect(() => pixelSize(attributesOf({ PixelSpacing }))).toThrow('PixelSpacing (0028,0030)');
  });
});

/** Cosines of rows and columns by the letters of the directions they go in: L, P and H are positive. */
function cosines(row: string, column: string): number[] {
  const axis = (letter: string) => {
    const at = 'LPH'.indexOf(letter);
    const sign = at >= 0 ? 1 : -1;
    return [0, 1, 2].map((i) => (i === (at >= 0 ? at : 'RAF'.indexOf(letter)) ? sign : 0));
  };
  return [...axis(row), ...axis(column)];
}

describe('orientation', () => {
  const { dataSet } = attributesOf({});

  it.each<[SlicePlane, string, string, readonly [boolean, boolean, boolean]]>([
    ['axial', 'L', 'P', [false, false, false]],
    ['axial', 'R', 'P', [false, false, true]],
    ['axial', 'L', 'A', [false, true, false]],
    ['axial', 'R', 'A', [false, true, true]],
    ['axial', 'P', 'L', [true, false, false]],
    ['axial', 'A', 'L', [true, true, false]],
    ['axial', 'P', 'R', [true, false, true]],
    ['coronal', 'L', 'F', [false, false, false]],
    ['coronal', 'L', 'H', [false, true, false]],
    ['sagittal', 'P', 'F', [false, false, false]],
    ['sagittal', 'F', 'A', [true, false, true]],
  ])('%s with rows to %s and columns to %s', (plane, row, column, [transpose, flipRows, flipColumns]) => {
    expect(turnTo(plane, cosines(row, column), dataSet)).toEqual({ transpose, flipRows, flipColumns });
  });

  it('turns so that left is right and posterior below, whatever the image is', () => {
    // The value of a pixel is where it lies: 10 to the left, 1 to posterior.
    for (const row of 'LRPA') {
      for (const column of 'LRPA') {
        const [r, c] = [cosines(row, column).slice(0, 3), cosines(row, column).slice(3)] as [
          number[],
          number[],
        ];
        if (Math.abs(r[0] as number) === Math.abs(c[0] as number)) continue;
        const value = (v: readonly number[]) => 10 * (v[0] as number) + (v[1] as number);
        const picture = Float32Array.from([0, value(r), value(c), value(r) + value(c)]);
        const upright = turn(picture, { height: 2, width: 2 }, 1, turnTo('axial', [...r, ...c], dataSet));
        const [start = 0, ...others] = upright;
        expect(others.map((other) => other - start)).toEqual([10, 1, 11]);
      }
    }
  });

  it('of an oblique slice is that of the plane it is nearest to', () => {
    const tilted = [1, 0, 0, 0, Math.cos(0.5), -Math.sin(0.5)];
    expect(turnTo('axial', tilted, dataSet)).toEqual(UPRIGHT);
    expect(() => turnTo('coronal', tilted, dataSet)).toThrow('ImageOrientationPatient (0020,0037)');
  });

  it('matters only where the release says so', () => {
    expect(turnTo(null, undefined, dataSet)).toEqual(UPRIGHT);
    expect(() => turnTo('axial', undefined, dataSet)).toThrow(
      expect.objectContaining({ code: 'unusable-dicom', input: 'body, ImageOrientationPatient (0020,0037)' }),
    );
  });

  it.each(['1\\0\\0', '1\\0\\0\\1\\0\\0', '2\\0\\0\\0\\1\\0', '0\\0\\0\\0\\0\\0'])('is not %s', (cosine) => {
    expect(() => orientationOf(attributesOf({ ImageOrientationPatient: cosine }))).toThrow(
      expect.objectContaining({ code: 'malformed-dicom' }),
    );
  });
});

describe('crops', () => {
  const { dataSet } = attributesOf({});
  const pixels = (row: number, column: number) => ({
    spacing: [row, column] as const,
    atDetector: false,
    aspect: row / column,
  });
  const image = (changes: Partial<ImageGrid> = {}): ImageGrid => ({
    height: 512,
    width: 400,
    pixels: pixels(0.5, 0.25),
    turn: UPRIGHT,
    dataSet,
    ...changes,
  });
  const model = { input: { height: 128, width: 64 }, spacing: [1, 1] as const, frame: 'crop' as const };

  it('have the spacing that the model was trained on', () => {
    // 128 mm down are 256 rows of 0.5 mm, 64 mm across are 256 columns of 0.25 mm
    expect(cropOfImage(image(), { x: 200, y: 300 }, model)).toMatchObject({ height: 256, width: 256 });
  });

  it('of equal spacing are those of a picture', () => {
    const equal = image({ pixels: pixels(1, 1) });
    expect(cropOfImage(equal, { x: 200, y: 300 }, model)).toEqual({
      top: 236,
      left: 168,
      height: 128,
      width: 64,
    });
    expect(cropOfImage(equal, undefined, model)).toEqual({ top: 192, left: 168, height: 128, width: 64 });
  });

  it('put the centre of the region on the centre of the middle pixel', () => {
    const crop = cropOfImage(image(), { x: 200, y: 300 }, model);
    // pixel 32 of 64 lies at 32.5 / 64 of the crop
    expect(crop.left + (32.5 / 64) * crop.width).toBeCloseTo(200.5, 9);
    expect(crop.top + (64.5 / 128) * crop.height).toBeCloseTo(300.5, 9);
  });

  it('put it there too where the image is turned, as the model sees it', () => {
    const crop = cropOfImage(image({ turn: { ...UPRIGHT, flipColumns: true } }), { x: 200, y: 300 }, model);
    expect(crop.left + (31.5 / 64) * crop.width).toBeCloseTo(200.5, 9);
    expect(crop.top + (64.5 / 128) * crop.height).toBeCloseTo(300.5, 9);
  });

  it('have the size in millimetres that is asked for', () => {
    const crop = cropOfImage(image(), { x: 200, y: 300, w: 20, h: 30 }, model);
    expect(crop).toMatchObject({ height: 60, width: 80 });
  });

  it('have square pixels where the model takes any', () => {
    const any = { ...model, spacing: null };
    expect(cropOfImage(image(), { x: 200, y: 300 }, any)).toMatchObject({ height: 64, width: 64 });
    const unknown = image({ pixels: { spacing: undefined, atDetector: false, aspect: 1 } });
    expect(cropOfImage(unknown, { x: 200, y: 300 }, any)).toMatchObject({ height: 128, width: 64 });
  });

  it('of the whole image are square in the patient', () => {
    const whole = { ...model, frame: 'whole' as const, spacing: null };
    expect(cropOfImage(image(), undefined, whole)).toMatchObject({ height: 512, width: 1024 });
    expect(cropOfImage(image(), { x: 9, y: 9 }, whole)).toMatchObject({ height: 64, width: 64 });
  });

  it('of an image that is turned have its rows and columns', () => {
    const turned = image({ turn: { ...UPRIGHT, transpose: true } });
    const tall = { ...model, spacing: [2, 1] as const };
    // the model's 128 rows of 2 mm lie along the image's columns of 0.25 mm
    expect(cropOfImage(turned, { x: 200, y: 300 }, tall)).toMatchObject({ height: 128, width: 1024 });
  });

  it('come back from the region that tells them', () => {
    const region = fc.record({
      x: fc.integer({ min: 0, max: 399 }),
      y: fc.integer({ min: 0, max: 511 }),
      w: fc.integer({ min: 1, max: 90 }),
      h: fc.integer({ min: 1, max: 90 }),
    });
    fc.assert(
      fc.property(region, fc.boolean(), fc.boolean(), (asked, transpose, flipRows) => {
        const grid = image({ turn: { ...UPRIGHT, transpose, flipRows } });
        const crop = cropOfImage(grid, asked, model);
        const told = regionOfCrop(crop, grid, model.input);
        expect(told.x).toBeCloseTo(asked.x, 9);
        expect(told.h).toBeCloseTo(asked.h, 9);
        const again = cropOfImage(grid, told, model);
        for (const edge of ['top', 'left', 'height', 'width'] as const) {
          expect(again[edge]).toBeCloseTo(crop[edge], 9);
        }
      }),
    );
  });

  it.each([
    ['region-outside-image', { x: 400, y: 0 }],
    ['region-outside-image', { x: 0, y: -1 }],
    ['bad-region', { x: 0, y: 0, w: 0.1, h: 10 }],
    ['bad-region', { x: 0, y: 0, w: 10, h: 5000 }],
  ])('%s', (code, region) => {
    expect(() => cropOfImage(image(), region, model)).toThrow(expect.objectContaining({ code }));
  });

  it('need the size of pixels where it matters', () => {
    const unknown = image({ pixels: { spacing: undefined, atDetector: false, aspect: 1 } });
    const refused = expect.objectContaining({
      code: 'unusable-dicom',
      input: 'body, PixelSpacing (0028,0030)',
    });
    expect(() => cropOfImage(unknown, undefined, model)).toThrow(refused);
    const sized = { x: 1, y: 1, w: 20, h: 20 };
    expect(() => cropOfImage(unknown, sized, { ...model, spacing: null })).toThrow(refused);
  });
});
