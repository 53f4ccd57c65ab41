import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '@d-persona/shared/errors.ts';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import {
  type Files,
  greyPng,
  mask,
  namedFiles,
  ramp,
  rgbPng,
  slotFiles,
  writeFiles,
} from './dataset.fixtures.ts';
import { type LoadOptions, loadDataset } from './load-dataset.ts';
import { unpackMask } from './mask-bits.ts';

const load = async (files: Files, options: Partial<LoadOptions> = {}) =>
  loadDataset(await writeFiles(files), { size: 16, ...options });
const failure = async (files: Files, options: Partial<LoadOptions> = {}): Promise<InputError> => {
  const error = await load(files, options).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(InputError);
  return error as InputError;
};
const three = (readers: Record<string, number | null>) => namedFiles({ a: readers, b: readers, c: readers });

describe('ranks', () => {
  const files = slotFiles([
    [9, 4, 6, 4],
    [1, 2, 3, 4],
    [8, 7, 6, 5],
    [0, 5, 3, 0],
    [0, 0, 0, 0],
  ]);

  it('are the masks by area, smallest first, of images that all readers outlined', async () => {
    const data = await load(files);
    expect(data).toMatchObject({
      layout: 'slots',
      kind: 'rank',
      channels: 1,
      frame: 'crop',
      licence: 'not stated',
    });
    expect(data.raters.map(({ id }) => id)).toEqual(['rank-1', 'rank-2', 'rank-3', 'rank-4']);
    expect(data.samples.map(({ id, patient }) => [id, patient])).toEqual(
      ['P0', 'P1', 'P2'].flatMap((p) => [0, 1].map((k) => [`${p}/lesion-0/slice-${k}`, p])),
    );
    expect(data.samples[0]?.areas).toEqual([4, 4, 6, 9]);
    expect(data.samples[0]?.masks.map((path) => path?.split('/')[2])).toEqual([
      'mask-1',
      'mask-3',
      'mask-2',
      'mask-0',
    ]);
    expect(data.notes).toMatchObject({ incomplete: 2, unlabelled: 2 });
    const { masks } = await data.pixels(data.samples[0] as (typeof data.samples)[0]);
    const areas = [0, 1, 2, 3].map((r) => unpackMask(masks, r).reduce((sum, bit) => sum + bit, 0));
    expect(areas).toEqual([4, 4, 6, 9]);
  });

  it('take the middle where some readers did not outline, if asked to', async () => {
    const data = await load(files, { readers: 'any' });
    const some = data.samples.find(({ patient }) => patient === 'P3');
    expect(some?.present).toEqual([false, true, true, false]);
    expect(some?.areas).toEqual([0, 3, 5, 0]);
    expect(some?.masks[0]).toBeNull();
    expect(data.notes).toMatchObject({ incomplete: 0, unlabelled: 2 });
  });

  it('take incomplete images by themselves where hardly any is complete', async () => {
    const data = await load(
      slotFiles([
        [1, 2, 0],
        [0, 2, 3],
        [1, 0, 4],
        [4, 5, 6],
      ]),
    );
    expect(data.samples).toHaveLength(8);
  });

  it('can be people instead, if the user knows that they are', async () => {
    const data = await load(files, { kind: 'person' });
    expect(data.raters[0]).toEqual({ id: 'mask-0', title: 'mask-0' });
    expect(data.samples[0]?.areas).toEqual([9, 4, 6, 4]);
  });
});

describe('named readers', () => {
  it('may be missing, and may say that there is nothing', async () => {
    const data = await load(
      namedFiles({ a: { ann: 3, 'Bob B.': 4 }, b: { ann: 0, 'Bob B.': 5 }, c: { ann: 2, 'Bob B.': null } }),
    );
    expect(data).toMatchObject({ layout: 'named', kind: 'person' });
    expect(data.raters).toEqual([
      { id: 'ann', title: 'ann' },
      { id: 'bob-b', title: 'Bob B.' },
    ]);
    expect(data.samples.map(({ present }) => present)).toEqual([
      [true, true],
      [true, true],
      [true, false],
    ]);
    expect(data.notes.emptyOpinions).toBe(1);
    expect((await load(three({ ann: 1, bob: null, cy: 2 }), { readers: 'complete' })).samples).toHaveLength(
      3,
    );
  });

  it('can be chosen, with a wildcard', async () => {
    const data = await load(three({ ann_x: 1, ann_y: 2, bob_x: 3 }), { raters: ['*_x'] });
    expect(data.raters.map(({ title }) => title)).toEqual(['ann_x', 'bob_x']);
    expect(data.samples[0]?.areas).toEqual([1, 3]);
    const error = await failure(three({ ann: 1, bob: 2 }), { raters: ['cy'] });
    expect(error.message).toMatch(/data\.raters: cy.*There are: ann, bob/s);
  });

  it('are found by looking into the pictures, where no folder says that it holds images', async () => {
    const files: Files = {};
    for (const [path, bytes] of Object.entries(three({ ann: 1, bob: 2 }))) {
      files[path.replace('images/', 'fundus/').replace('masks/', '')] = bytes;
    }
    const data = await load(files);
    expect(data).toMatchObject({ layout: 'named', raters: [{ id: 'ann' }, { id: 'bob' }] });
    expect(data.samples[0]?.image).toBe('fundus/a.png');
  });

  it('are told by suffix, and both eyes are one patient', async () => {
    const files: Files = {};
    for (const eye of ['1L', '1R', '2L', '3R']) {
      files[`images/eye_${eye}.png`] = rgbPng(16, 16, (x, y) => [x, y, 9]);
      for (const reader of ['first', 'second']) files[`manual/eye_${eye}_${reader}.png`] = mask(5);
    }
    const data = await load(files);
    expect(data).toMatchObject({ layout: 'suffix', kind: 'person', channels: 3 });
    expect(data.samples.map(({ patient }) => patient)).toEqual(['eye_1', 'eye_1', 'eye_2', 'eye_3']);
    const other = await load(files, { patientPattern: 'eye_\\d([LR])' });
    expect(other.samples.map(({ patient }) => patient)).toEqual(['L', 'R', 'L', 'R']);
  });
});

describe('a dataset', () => {
  const files = slotFiles([
    [1, 2],
    [3, 4],
    [5, 6],
  ]);

  it('is the same from a folder and from an archive with a folder more', async () => {
    const folder = await load(files);
    const path = join(await writeFiles({}), 'packed.zip');
    await writeFile(
      path,
      zipSync(Object.fromEntries(Object.entries(files).map(([k, v]) => [`top/${k}`, v]))),
    );
    const packed = await loadDataset(path, { size: 16 });
    expect(packed.name).toBe('packed');
    expect(packed.sourceSha256).toBe(folder.sourceSha256);
    expect(packed.samples).toEqual(folder.samples);
    const sample = packed.samples[0] as (typeof packed.samples)[0];
    expect(await packed.pixels(sample)).toEqual(await folder.pixels(sample));
    await packed.close();
    const changed = await load({ ...files, 'P0/lesion-0/mask-0/slice-0.png': mask(2) });
    expect(changed.sourceSha256).not.toBe(folder.sourceSha256);
  });

  it('tells licence and attribution from dataset.json, inside or beside it', async () => {
    const card = new TextEncoder().encode(
      '{"licence": "CC BY 3.0", "attribution": "Somebody", "spacing": [0.5, 0.7]}',
    );
    const data = await load({ ...files, 'dataset.json': card });
    expect(data).toMatchObject({ licence: 'CC BY 3.0', attribution: 'Somebody', spacing: [0.5, 0.7] });
    const folder = await writeFiles(files);
    await writeFile(`${folder}.json`, card);
    expect((await loadDataset(folder, { size: 16 })).licence).toBe('CC BY 3.0');
    const error = await failure({ ...files, 'dataset.json': new TextEncoder().encode('{"license": "x"}') });
    expect(error.message).toMatch(/dataset\.json.*license/);
  });

  it('is seen whole where lesions lie off the middle, and cropped where they do not', async () => {
    const corner = greyPng(32, 32, (x, y) => (x < 4 && y < 4 ? 255 : 0));
    const off = namedFiles({ a: {}, b: {}, c: {} });
    for (const id of ['a', 'b', 'c']) {
      off[`images/${id}.png`] = ramp(32);
      for (const reader of ['r', 's']) off[`masks/${reader}/${id}.png`] = corner;
    }
    expect((await load(off)).frame).toBe('whole');
    expect((await load(off, { size: 32 })).frame).toBe('crop');
    expect((await load(off, { frame: 'lesion' })).samples[0]?.centroid).toEqual({ x: 1.5, y: 1.5 });
  });

  it('reads masks of 0 and 1, of 16 bits, and of grey colours', async () => {
    const data = await load({
      ...three({ ann: 4, bob: 5 }),
      'masks/ann/a.png': mask(4, 16, 1),
      'masks/ann/b.png': rgbPng(16, 16, (x, y) => (x < 2 && y < 2 ? [255, 255, 255] : [0, 0, 0])),
    });
    expect(data.samples.map(({ areas }) => areas[0])).toEqual([4, 4, 4]);
  });

  it('tells how far it is', async () => {
    const told: number[] = [];
    await load(files, { onProgress: (done, total) => told.push(done / total) });
    expect(told).toHaveLength(6);
    expect(told.at(-1)).toBe(1);
  });
});

describe('bad data', () => {
  const good = three({ ann: 3, bob: 4 });
  const broken = ramp().subarray(0, 60);

  it.each<[string, Files, string, RegExp]>([
    ['without masks', { 'images/a.png': ramp() }, 'no-masks', /no masks that belong to them/],
    ['with one reader', three({ ann: 3 }), 'one-rater', /one reader only \(ann\).*at least two/s],
    [
      'with a mask of another size',
      { ...good, 'masks/bob/b.png': mask(4, 8) },
      'sizes-differ',
      /masks\/bob\/b\.png: is 8 × 8 pixels/,
    ],
    [
      'with masks of another size than the image',
      { ...good, 'images/b.png': ramp(12) },
      'sizes-differ',
      /masks\/ann\/b\.png: is 16 × 16 pixels, its image is 12 × 12/,
    ],
    [
      'with colours in a mask',
      { ...good, 'masks/ann/c.png': rgbPng(16, 16, (x) => [x, 0, 0]) },
      'colours-in-mask',
      /masks\/ann\/c\.png: has colours, such as red 1, green 0/,
    ],
    [
      'with greys in a mask',
      { ...good, 'masks/ann/c.png': greyPng(16, 16, (x) => x) },
      'not-a-mask',
      /masks\/ann\/c\.png: has 16 values \(0, 1, 2, 3, 4, 5, …\).*Threshold/s,
    ],
    [
      'with a broken image among good ones',
      { ...good, 'images/b.png': broken },
      'broken-image',
      /images\/b\.png: .*again/,
    ],
    [
      'with a broken mask among good ones',
      { ...good, 'masks/bob/a.png': broken },
      'broken-image',
      /masks\/bob\/a\.png/,
    ],
    [
      'with an empty file',
      { ...good, 'masks/bob/a.png': new Uint8Array(0) },
      'empty-body',
      /masks\/bob\/a\.png: is empty/,
    ],
    [
      'with more readers than bits',
      three(Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`r${i}`, 1]))),
      'too-many-raters',
      /33 readers/,
    ],
    [
      'where nobody outlined anything',
      slotFiles([
        [0, 0],
        [0, 0],
      ]),
      'no-samples',
      /no image that the chosen readers outlined/,
    ],
  ])('%s is refused, naming file and remedy', async (_, files, code, message) => {
    const error = await failure(files);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.remedy.length).toBeGreaterThan(10);
  });

  it('is told all at once, twenty files at most', async () => {
    const two = await failure({
      ...good,
      'images/b.png': broken,
      'masks/ann/a.png': rgbPng(16, 16, (x) => [x, 0, 0]),
    });
    expect(two.message).toMatch(/2 files that cannot be used/);
    expect(two.message).toMatch(/masks\/ann\/a\.png: has colours/);
    expect(two.message).toMatch(/images\/b\.png/);
    const ids = Array.from({ length: 25 }, (_, i) => `i${i}`);
    const many = namedFiles(Object.fromEntries(ids.map((id) => [id, { ann: 1, bob: 2 }])));
    for (const id of ids) many[`masks/ann/${id}.png`] = broken;
    const error = await failure(many);
    expect(error.message.match(/\n {2}- .*masks\/ann/g)).toHaveLength(20);
    expect(error.message).toMatch(/and 5 more/);
  });

  it('can be left out, and is counted', async () => {
    const data = await load(
      { ...good, 'images/b.png': broken, 'masks/ann/c.png': broken },
      { onBroken: 'skip' },
    );
    expect(data.samples.map(({ id }) => id)).toEqual(['a']);
    expect(data.notes.skipped).toHaveLength(2);
    expect(data.notes.skipped.join()).toMatch(/images\/b\.png/);
    const none = await failure(
      {
        ...three({ ann: 1, bob: 1 }),
        'images/a.png': broken,
        'images/b.png': broken,
        'images/c.png': broken,
      },
      { onBroken: 'skip' },
    );
    expect(none.message).toMatch(/3 files that cannot be used/);
  });

  it('of options is told at once', async () => {
    const error = await failure(good, {
      frame: 'round',
      patientPattern: '(',
    } as unknown as Partial<LoadOptions>);
    expect(error.message).toMatch(/frame.*patientPattern|patientPattern.*frame/s);
  });

  it('that changed after it was checked is noticed when it is read', async () => {
    const folder = await writeFiles(good);
    const data = await loadDataset(folder, { size: 16 });
    await writeFile(join(folder, 'masks/ann/a.png'), broken);
    await expect(data.pixels(data.samples[0] as (typeof data.samples)[0])).rejects.toThrow(
      /masks\/ann\/a\.png/,
    );
  });
});
