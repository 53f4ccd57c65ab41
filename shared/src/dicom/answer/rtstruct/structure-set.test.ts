import { describe, expect, it } from 'vitest';
import type { Mask } from '../../../mask/mask.ts';
import { maskArea } from '../../../mask/mask.ts';
import { readFile } from '../../read-file.ts';
import type { SourceImage } from '../../source-image.ts';
import { dciodvfyErrors, dcmdump } from '../../validators.fixtures.ts';
import { answerOn, sourceOf } from '../answer.fixtures.ts';
import { maskOn } from '../answer.ts';
import { structureSet } from './structure-set.ts';

const SOURCES: Record<string, SourceImage> = {
  'a CT slice': sourceOf({ kind: 'CT' }),
  'a CT series': sourceOf({ kind: 'CT', frames: 4 }),
  'an oblique MR series': sourceOf({ kind: 'MR', frames: 3, orientation: [0.6, 0.8, 0, 0, 0, -1] }),
  'an enhanced CT': sourceOf({ kind: 'enhanced CT', frames: 4 }),
};

/** A contour's area in the plane it lies in: half the length of the sum of cross products. */
function areaOf(data: readonly number[]): number {
  const sum = [0, 0, 0];
  for (let i = 0; i < data.length; i += 3) {
    const at = (k: number) => data[(i + k) % data.length] as number;
    sum[0] = (sum[0] as number) + at(1) * at(5) - at(2) * at(4);
    sum[1] = (sum[1] as number) + at(2) * at(3) - at(0) * at(5);
    sum[2] = (sum[2] as number) + at(0) * at(4) - at(1) * at(3);
  }
  return Math.hypot(...sum) / 2;
}

function contoursOf(
  file: Uint8Array,
): { roi: number | undefined; uid: string | undefined; data: number[] }[] {
  const { dataSet } = readFile(file, { name: 'structure set', maxInflatedBytes: 0 });
  return dataSet.items('ROIContourSequence').flatMap((roi) =>
    roi.items('ContourSequence').map((contour) => ({
      roi: roi.number('ReferencedROINumber'),
      uid: contour.items('ContourImageSequence')[0]?.string('ReferencedSOPInstanceUID'),
      data: contour.numbers('ContourData'),
    })),
  );
}

describe.each(Object.entries(SOURCES))('a structure set of %s', (_, source) => {
  it('has no error for dciodvfy and dcmdump', async () => {
    const file = await structureSet(answerOn(source));
    expect(dciodvfyErrors(file)).toEqual([]);
    expect(dcmdump(file).filter((line) => /^[EWF]:/.test(line))).toEqual([]);
  });

  it('has contours of the area of the masks, in square millimetres', async () => {
    const answer = answerOn(source);
    const contours = contoursOf(await structureSet(answer));
    answer.segments.forEach((segment, index) => {
      const pixels = source.frames.map((_, i) => maskArea(maskOn(source, segment, i) ?? empty));
      const total = contours
        .filter(({ roi }) => roi === index + 1)
        .reduce((sum, { data }) => sum + areaOf(data), 0);
      expect(total).toBeCloseTo(pixels.reduce((a, b) => a + b) * 0.7 * 0.5, 3);
    });
  });
});

const empty: Mask = { height: 0, width: 0, data: new Uint8Array() };

describe('a structure set', () => {
  it('puts a pixel half a pixel around its centre', async () => {
    const source = sourceOf({ kind: 'CT', orientation: [0, 1, 0, 0, 0, -1] });
    const data = new Uint8Array(23 * 38);
    data[2 * 38 + 5] = 1;
    const segment = {
      id: 'dot',
      title: 'Dot',
      kind: 'persona' as const,
      masks: [{ height: 23, width: 38, data }],
    };
    const [contour] = contoursOf(await structureSet(answerOn(source, [segment])));
    // Column 5 is 2.5 mm along +y, row 2 is 1.4 mm along −z; half a pixel is 0.25 and 0.35 mm.
    const corners = [
      [-12.5, 40.25 + 2.25, -7.125 - 1.05],
      [-12.5, 40.25 + 2.75, -7.125 - 1.05],
      [-12.5, 40.25 + 2.75, -7.125 - 1.75],
      [-12.5, 40.25 + 2.25, -7.125 - 1.75],
    ];
    expect(contour).toMatchObject({ uid: '2.25.1001' });
    contour?.data.forEach((value, i) => {
      expect(value).toBeCloseTo(corners.flat()[i] as number, 6);
    });
    expect(contour?.data.length).toBe(12);
  });

  it('holds contours longer than explicit VR allows', async () => {
    const comb = {
      height: 2001,
      width: 3,
      data: Uint8Array.from({ length: 6003 }, (_, i) => Number(i % 3 === 0 || i % 6 < 3)),
    };
    const segment = { id: 'comb', title: 'Comb', kind: 'persona' as const, masks: [comb] };
    const file = await structureSet(answerOn(sourceOf({ kind: 'CT', rows: 2001, columns: 3 }), [segment]));
    const [contour] = contoursOf(file);
    expect(contour?.data.length).toBe(3 * 4 * 1001); // four corners for each of the teeth
    expect(contour?.data.join('\\').length).toBeGreaterThan(0xffff);
    expect(dciodvfyErrors(file)).toEqual([]);
  });
});
