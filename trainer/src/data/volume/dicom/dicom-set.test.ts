import { describe, expect, it } from 'vitest';
import type { Files } from '../../dataset.fixtures.ts';
import { unpackMask } from '../../mask-bits.ts';
import type { Dataset, Sample } from '../../sample.ts';
import { failure, load } from '../load-files.fixtures.ts';
import {
  annotation,
  COLUMNS,
  type Drawing,
  edgeAround,
  lidcXml,
  ROWS,
  roi,
  seriesFiles,
  seriesUid,
  sopUid,
  sourceOfSeries,
  unitsAt,
} from './dicom.fixtures.ts';

const PATIENTS = [1, 2, 3];
const DRAWING: Drawing = { Ann: { 1: [2, 3, 4, 2], 2: [2, 3, 2, 2] }, Bob: { 1: [2, 3, 3, 3] } };

async function withObjects(kind: 'SEG' | 'RTSTRUCT', drawing: Drawing = DRAWING): Promise<Files> {
  const files: Files = {};
  for (const p of PATIENTS) {
    Object.assign(files, seriesFiles(p, `P${p}/CT`));
    files[`P${p}/outlines.dcm`] = await annotation(sourceOfSeries(p), kind, drawing);
  }
  return files;
}

async function masksOf(data: Dataset, sample: Sample): Promise<number[][]> {
  const { masks } = await data.pixels(sample);
  return sample.masks.map((_, r) =>
    [...unpackMask(masks, r).entries()].flatMap(([i, bit]) => (bit ? [i] : [])),
  );
}

const rectangle = ([left = 0, top = 0, width = 0, height = 0]: readonly number[]) =>
  Array.from(
    { length: width * height },
    (_, i) => (top + Math.floor(i / width)) * COLUMNS + left + (i % width),
  );

describe('a DICOM series with outlines of several readers', () => {
  it.each(['SEG', 'RTSTRUCT'] as const)('in one %s becomes slices in Hounsfield units', async (kind) => {
    const data = await load(await withObjects(kind));
    expect(data).toMatchObject({ layout: 'dicom', kind: 'person', channels: 1, units: 'HU', modality: 'CT' });
    expect(data.spacing?.map((side) => side.toFixed(3))).toEqual(['0.700', '0.700']);
    expect(data.raters.map(({ title }) => title)).toEqual(['Ann', 'Bob']);
    expect([data.samples.length, data.blanks.length]).toEqual([6, 6]);
    const [first, second] = data.samples as [Sample, Sample];
    expect([first.place?.slice, second.place?.slice]).toEqual([1, 2]);
    expect([first.height, first.width]).toEqual([ROWS, COLUMNS]);
    expect(await masksOf(data, first)).toEqual([rectangle([2, 3, 4, 2]), rectangle([2, 3, 3, 3])]);
    expect(await masksOf(data, second)).toEqual([rectangle([2, 3, 2, 2]), []]);
    expect(second.present).toEqual([true, true]);
    const { image } = await data.pixels(first);
    const units = Array.from(image.data, (value) => value - 32768);
    expect(units).toEqual(units.map((_, i) => unitsAt(i % COLUMNS, Math.floor(i / COLUMNS), 1)));
    await data.close();
  });

  it('names no patient: not in ids, not in patients, not in messages', async () => {
    const data = await load(await withObjects('SEG'));
    expect(JSON.stringify([data.samples, data.blanks])).not.toMatch(/P-1|Doe|2\.25\.\d/);
    expect(new Set(data.samples.map(({ patient }) => patient)).size).toBe(3);
    await data.close();
  });

  it('clips to a window, and says so', async () => {
    const data = await load(await withObjects('SEG'), { window: { center: 0, width: 200 } });
    expect(data.window).toEqual({ center: 0, width: 200 });
    const { image } = await data.pixels(data.samples[0] as Sample);
    const units = Array.from(image.data, (value) => value - 32768);
    expect([Math.min(...units), Math.max(...units)]).toEqual([-100, 100]);
    await data.close();
  });

  it('with an object of each reader is told apart by the names of the files', async () => {
    const files: Files = {};
    for (const p of PATIENTS) {
      Object.assign(files, seriesFiles(p, `P${p}/CT`));
      for (const [name, own] of Object.entries(DRAWING)) {
        files[`P${p}/seg_${name.toLowerCase()}.dcm`] = await annotation(sourceOfSeries(p), 'SEG', {
          GTV: own,
        });
      }
    }
    const data = await load(files);
    expect([data.kind, data.raters.map(({ title }) => title)]).toEqual(['person', ['ann', 'bob']]);
    expect(data.samples[0]?.areas).toEqual([8, 9]);
    await data.close();
  });

  it('takes the structure that is asked for', async () => {
    const files: Files = {};
    for (const p of PATIENTS) {
      Object.assign(files, seriesFiles(p, `P${p}/CT`));
      for (const [name, own] of Object.entries(DRAWING)) {
        const both: Drawing = { tumour: own, node: { 3: [0, 0, 1, 1] } };
        files[`P${p}/seg_${name}.dcm`] = await annotation(sourceOfSeries(p), 'SEG', both);
      }
    }
    const data = await load(files, { structure: 'tumour' });
    expect(data.raters.map(({ title }) => title)).toEqual(['Ann', 'Bob']);
    expect(data.samples.map(({ place }) => place?.slice)).toEqual([1, 2, 1, 2, 1, 2]);
    await data.close();
  });

  it('without endings in its names is read too', async () => {
    const files = Object.fromEntries(
      Object.entries(await withObjects('SEG')).map(([path, bytes]) => [path.replace('.dcm', ''), bytes]),
    );
    const data = await load(files);
    expect(data.layout).toBe('dicom');
    await data.close();
  });

  it('is refused where an annotation is of another series, a slice is broken, or there are no units', async () => {
    const files = await withObjects('SEG');
    const astray = Object.fromEntries(Object.entries(files).filter(([path]) => !path.startsWith('P3/CT')));
    const problem = await failure(astray);
    expect([problem.code, problem.input.endsWith('outlines.dcm')]).toEqual(['other-series', true]);
    const skipped = await load(astray, { onBroken: 'skip' });
    expect(skipped.notes.skipped).toHaveLength(1);
    await skipped.close();
    const cut = { ...files, 'P2/CT/IM1.dcm': (files['P2/CT/IM1.dcm'] as Uint8Array).subarray(0, 600) };
    expect((await failure(cut)).message).toMatch(/IM1\.dcm/);
    const unitless = {
      ...files,
      ...seriesFiles(2, 'P2/CT', { RescaleIntercept: undefined, RescaleSlope: undefined }),
    };
    expect((await failure(unitless)).message).toContain('RescaleIntercept');
    const images = Object.fromEntries(Object.entries(files).filter(([path]) => path.includes('/CT/')));
    expect((await failure(images)).code).toBe('no-masks');
    const all = Object.fromEntries(Object.entries(files).filter(([path]) => /P1.CT|P2.outlines/.test(path)));
    expect((await failure(all, { onBroken: 'skip' })).code).toBe('other-series');
  });
});

describe("LIDC's XML beside its CT series", () => {
  const sop = (p: number, slice = 1) => sopUid(p, slice);
  /** Two nodules: three readers on the first, of whom one cuts a hole; two on the second. */
  const readers = (p: number) => [
    [
      roi(sop(p), edgeAround([2, 2, 4, 4])) + roi(sop(p), edgeAround([3, 3, 1, 1]), false),
      roi(sop(p, 2), edgeAround([6, 8, 2, 2])),
    ],
    [roi(sop(p), edgeAround([2, 2, 3, 3])) + roi(sop(p, 2), edgeAround([2, 2, 2, 2]))],
    [
      roi(sop(p), edgeAround([3, 2, 3, 2])),
      roi(sop(p, 2), edgeAround([6, 8, 3, 2])),
      roi(sop(p), '<edgeMap><xCoord>1</xCoord><yCoord>1</yCoord></edgeMap>'),
    ],
    [],
  ];
  const files = (): Files =>
    Object.fromEntries(
      PATIENTS.flatMap((p) => [
        ...Object.entries(seriesFiles(p, `LIDC-IDRI-000${p}/1/2`)),
        [`LIDC-IDRI-000${p}/1/2/069.xml`, lidcXml(seriesUid(p), readers(p))] as const,
      ]),
    );

  it('makes samples of each nodule, ranks by area, without the line that was drawn', async () => {
    const data = await load(files(), { readers: 'any' });
    expect(data).toMatchObject({ layout: 'dicom', kind: 'rank', frame: 'lesion', units: 'HU', blanks: [] });
    expect(data.raters).toHaveLength(4);
    const own = data.samples.filter(({ patient }) => patient === data.samples[0]?.patient);
    expect(own.map(({ place }) => [place?.volume.split('/')[2], place?.slice])).toEqual([
      ['lesion-0', 1],
      ['lesion-0', 2],
      ['lesion-1', 2],
    ]);
    const [first, second, third] = own as [Sample, Sample, Sample];
    // Three of four readers are ranks 1, 2 and 4: 3 × 2, 3 × 3, and 4 × 4 less the hole of one pixel.
    expect([first.present, first.areas]).toEqual([
      [true, true, false, true],
      [6, 9, 0, 15],
    ]);
    const masks = await masksOf(data, first);
    expect(masks[0]).toEqual(rectangle([3, 2, 3, 2]));
    expect(masks[3]).toEqual(rectangle([2, 2, 4, 4]).filter((i) => i !== 3 * COLUMNS + 3));
    expect(second.areas.filter((area) => area > 0)).toEqual([4]);
    expect(third.areas.filter((area) => area > 0)).toEqual([4, 6]);
    expect(first.centroid.x).toBeCloseTo(3.5, 1);
    await data.close();
  });

  it.each([
    ['of another series', lidcXml('2.25.5', []), 'other-series', /069\.xml.*belongs to none of the series/],
    [
      'on a slice that is not there',
      lidcXml(seriesUid(2), [[roi('2.25.1', edgeAround([2, 2, 3, 3]))]]),
      'other-series',
      /image that is not in its series/,
    ],
    [
      'that is cut off',
      lidcXml(seriesUid(2), readers(2)).subarray(0, 700),
      'broken-xml',
      /069\.xml.*no well-formed XML/,
    ],
    ['without a series', lidcXml('', []), 'broken-xml', /names no series/],
    [
      'with a point that is no number',
      lidcXml(seriesUid(2), [[roi(sop(2), '<edgeMap><xCoord>a</xCoord><yCoord>1</yCoord></edgeMap>')]]),
      'broken-xml',
      /xCoord is no whole number/,
    ],
  ] as [string, Uint8Array, string, RegExp][])('is refused %s', async (_, xml, code, message) => {
    const problem = await failure({ ...files(), 'LIDC-IDRI-0002/1/2/069.xml': xml });
    expect(problem.code).toBe(code);
    expect(problem.message).toMatch(message);
  });

  const hostile = (doctype: string, content: string) =>
    new TextEncoder().encode(
      `<?xml version="1.0"?><!DOCTYPE LidcReadMessage [${doctype}]><LidcReadMessage><ResponseHeader><SeriesInstanceUid>${content}</SeriesInstanceUid></ResponseHeader></LidcReadMessage>`,
    );

  it.each([
    ['an external entity', hostile('<!ENTITY x SYSTEM "file:///etc/passwd">', '&x;')],
    [
      'entities that multiply',
      hostile('<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">', '&b;'),
    ],
    ['elements without end', new TextEncoder().encode('<a>'.repeat(100_000))],
  ])('resolves nothing: %s is refused', async (_, xml) => {
    const problem = await failure({ ...files(), 'LIDC-IDRI-0002/1/2/069.xml': xml });
    expect(problem.code).toBe('broken-xml');
    expect(problem.message).not.toContain('root:');
  });

  it('of another kind, such as that of a radiograph, is passed over', async () => {
    const other = new TextEncoder().encode('<IdriReadMessage><a/></IdriReadMessage>');
    const data = await load({ ...files(), 'LIDC-IDRI-0002/1/3/070.xml': other }, { readers: 'any' });
    expect(data.notes.orphanMasks).toBe(1);
    await data.close();
  });
});
