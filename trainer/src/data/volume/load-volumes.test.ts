import { readFileSync, writeFileSync } from 'node:fs';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { evaluationBatches } from '../batches.ts';
import { type Files, writeFiles } from '../dataset.fixtures.ts';
import { loadDataset } from '../load-dataset.ts';
import { unpackMask } from '../mask-bits.ts';
import type { Dataset, Sample } from '../sample.ts';
import { hdf5File } from './hdf5/hdf5.fixtures.ts';
import { failure, load } from './load-files.fixtures.ts';
import { type NiftiWriting, niftiFile } from './nifti/nifti.fixtures.ts';

const DIMS = [8, 8, 4] as const;
const sequence = (seed: number, changes: Partial<NiftiWriting> = {}) =>
  niftiFile({
    dims: DIMS,
    value: (x, y, z) => 100 * seed + ((7 * x + 3 * y + 11 * z + 5 * seed) % 50) / 3,
    ...changes,
  });
/** From the volume's corner a box of x × 2 × 2 voxels, in slices 1 and 2. */
const box = (width: number, changes: Partial<NiftiWriting> = {}) =>
  niftiFile({ dims: DIMS, value: (x, y, z) => (x < width && y < 2 && z > 0 && z < 3 ? 1 : 0), ...changes });

/** Patients with three sequences and the masks of readers, whose boxes are so wide. */
function patients(readers: readonly number[], count = 3, changes: Partial<NiftiWriting> = {}): Files {
  const files: Files = {};
  for (let p = 1; p <= count; p++) {
    for (const [i, name] of ['T1', 'T1c', 'T2'].entries()) {
      files[`P0${p}/${name}.nii.gz`] = sequence(p + i, changes);
    }
    readers.forEach((width, r) => {
      files[`P0${p}/label_a${r + 1}.nii.gz`] = box(width, changes);
    });
  }
  return files;
}

const areasOf = async (data: Dataset, sample: Sample) => {
  const { masks } = await data.pixels(sample);
  return sample.masks.map((_, r) => unpackMask(masks, r).reduce((sum, bit) => sum + bit, 0));
};

describe('NIfTI volumes', () => {
  it('become slices of all sequences, and one persona for each reader', async () => {
    const data = await load(patients([3, 2]));
    expect(data).toMatchObject({
      layout: 'nifti',
      kind: 'person',
      channels: 3,
      spacing: [1, 1],
      units: null,
    });
    expect(data.raters.map(({ id }) => id)).toEqual(['a1', 'a2']);
    expect(data.samples.map(({ id, patient, place }) => [id, patient, place?.volume, place?.slice])).toEqual(
      ['P01', 'P02', 'P03'].flatMap((p) => [1, 2].map((k) => [`${p}/slice-000${k}`, p, p, k])),
    );
    expect(data.blanks.map(({ id }) => id)).toEqual(
      ['P01', 'P02', 'P03'].flatMap((p) => [0, 3].map((k) => `${p}/slice-000${k}`)),
    );
    const [first] = data.samples as [Sample];
    expect([first.height, first.width, first.areas]).toEqual([8, 8, [6, 4]]);
    expect(await areasOf(data, first)).toEqual([6, 4]);
    const { image, masks } = await data.pixels(first);
    expect(image).toMatchObject({ height: 8, width: 8, channels: 3, bitDepth: 16 });
    // x to the right, y to anterior: the corner at the right and posterior side of the patient is at the lower right.
    expect(unpackMask(masks, 0).lastIndexOf(1)).toBe(63);
    await data.close();
  });

  it('are standardised sequence by sequence over the volume', async () => {
    const data = await load(patients([3, 2], 3));
    for (const channel of [0, 1, 2]) {
      const values: number[] = [];
      const slices = [...data.samples, ...data.blanks].filter(({ patient }) => patient === 'P02');
      for (const sample of slices) {
        const { image } = await data.pixels(sample);
        for (let i = channel; i < image.data.length; i += 3) {
          values.push(((image.data[i] as number) - 32768) / 4096);
        }
      }
      expect(values).toHaveLength(8 * 8 * 4);
      const mean = values.reduce((a, b) => a + b) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
      expect(mean).toBeCloseTo(0, 3);
      expect(deviation).toBeCloseTo(1, 3);
    }
    await data.close();
  });

  it('give batches of as many channels as there are sequences', async () => {
    const data = await load(patients([3, 2]), { sequences: ['T2', 'T1'] });
    expect(data.channels).toBe(2);
    const batches = [];
    for await (const batch of evaluationBatches(data, data.samples, 4)) batches.push(batch);
    expect(batches.map(({ size, channels }) => [size, channels])).toEqual([
      [4, 2],
      [2, 2],
    ]);
    expect(batches[0]?.images).toHaveLength(4 * 8 * 8 * 2);
    expect(batches[0]?.masks.reduce((a, b) => a + b, 0)).toBe(4 * (6 + 4));
    await data.close();
  });

  it('are resampled in their planes to one spacing', async () => {
    const files = { ...patients([4, 2], 3, { spacing: [1, 1, 5] }) };
    for (const [path, bytes] of Object.entries(patients([4, 2], 4, { spacing: [2, 2, 5] }))) {
      if (path.startsWith('P04')) files[path] = bytes;
    }
    const data = await load(files);
    expect(data.spacing).toEqual([1, 1]);
    const sizes = new Map(
      data.samples.map(({ patient, height, width, areas }) => [patient, [height, width, ...areas]]),
    );
    expect(sizes.get('P01')).toEqual([8, 8, 8, 4]);
    expect(sizes.get('P04')).toEqual([16, 16, 32, 16]);
    await data.close();
    const own = await load(files, { spacing: null });
    expect(own.spacing).toBeNull();
    expect(own.samples.every(({ height }) => height === 8)).toBe(true);
    await own.close();
    const coarse = await load(files, { spacing: 2 });
    expect(coarse.samples.map(({ height }) => height)).toEqual([4, 4, 4, 4, 4, 4, 8, 8]);
    await coarse.close();
  });

  it('are told apart in other layouts of names', async () => {
    const flat: Files = {};
    const ranks: Files = {};
    const visits: Files = {};
    for (const p of ['NPC_001', 'NPC_002', 'NPC_003']) {
      flat[`images/${p}_0000.nii.gz`] = sequence(1);
      flat[`images/${p}_0001.nii.gz`] = sequence(2);
      flat[`labels/Ann/${p}.nii.gz`] = box(2);
      flat[`labels/Bob/${p}.nii.gz`] = box(3);
      ranks[`train/${p}/${p}_ct.nii.gz`] = sequence(1);
      for (const [slot, width] of [3, 1, 2].entries())
        ranks[`train/${p}/masks/mask-${slot}.nii.gz`] = box(width);
      for (const visit of ['ses-1', 'ses-2']) {
        visits[`sub-${p.slice(-1)}/${visit}/anat/sub-${p.slice(-1)}_${visit}_T1w.nii.gz`] = sequence(1);
        for (const r of [1, 2]) {
          visits[`sub-${p.slice(-1)}/${visit}/anat/sub-${p.slice(-1)}_${visit}_rater_${r}.nii.gz`] = box(r);
        }
      }
    }
    const named = await load(flat);
    expect([named.channels, named.kind, named.raters.map(({ title }) => title)]).toEqual([
      2,
      'person',
      ['Ann', 'Bob'],
    ]);
    expect(new Set(named.samples.map(({ patient }) => patient))).toEqual(
      new Set(['NPC_001', 'NPC_002', 'NPC_003']),
    );
    await named.close();
    const slots = await load(ranks);
    expect([slots.kind, slots.raters.map(({ id }) => id)]).toEqual(['rank', ['rank-1', 'rank-2', 'rank-3']]);
    expect(slots.samples[0]?.areas).toEqual([2, 4, 6]);
    expect(await areasOf(slots, slots.samples[0] as Sample)).toEqual([2, 4, 6]);
    await slots.close();
    const twice = await load(visits);
    expect(new Set(twice.samples.map(({ patient }) => patient)).size).toBe(3);
    expect(new Set(twice.samples.map(({ place }) => place?.volume)).size).toBe(6);
    expect(twice.raters.map(({ title }) => title)).toEqual(['rater-1', 'rater-2']);
    await twice.close();
  });

  it('may lack a reader, who is then not present', async () => {
    const files = patients([3, 2, 1]);
    delete files['P02/label_a3.nii.gz'];
    const data = await load(files);
    const present = new Map([...data.samples, ...data.blanks].map((sample) => [sample.id, sample.present]));
    expect(present.get('P01/slice-0001')).toEqual([true, true, true]);
    expect(present.get('P02/slice-0001')).toEqual([true, true, false]);
    expect(present.get('P02/slice-0000')).toEqual([true, true, false]);
    await data.close();
  });

  it('are the same in an archive, with the same fingerprint, which each file changes', async () => {
    const files = patients([3, 2]);
    const folder = await load(files);
    const path = `${await writeFiles({})}/data.zip`;
    writeFileSync(path, zipSync({ top: files }));
    const archive = await loadDataset(path, { size: 8 });
    expect(archive.sourceSha256).toBe(folder.sourceSha256);
    expect(archive.samples).toEqual(folder.samples);
    const other = await load({ ...files, 'P03/label_a2.nii.gz': box(1) });
    expect(other.sourceSha256).not.toBe(folder.sourceSha256);
    for (const data of [folder, archive, other]) await data.close();
  });

  it('take the structure of a labelled mask that is asked for', async () => {
    const labels = niftiFile({
      dims: DIMS,
      value: (x, y, z) => (z === 1 && y === 0 && x < 5 ? (x < 3 ? 1 : 2) : 0),
    });
    const files = patients([3, 2]);
    for (const p of [1, 2, 3]) files[`P0${p}/label_a2.nii.gz`] = labels;
    const problem = await failure(files);
    expect(problem.message).toContain('has the labels 1, 2');
    expect(problem.message).toContain('--set data.label=1');
    const data = await load(files, { label: 2 });
    expect(data.samples.map(({ areas }) => areas[1])).toEqual([2, 2, 2]);
    await data.close();
  });

  it.each([
    [
      'a mask of another size',
      { 'P02/label_a1.nii.gz': box(2, { dims: [8, 8, 5] }) },
      'other-grid',
      /P02.label_a1.*8 × 8 × 5 voxels, not 8 × 8 × 4/,
    ],
    [
      'a mask elsewhere',
      { 'P02/label_a1.nii.gz': box(2, { origin: [9, 0, 0] }) },
      'other-grid',
      /9\.0 mm away/,
    ],
    [
      'a sequence of another size',
      { 'P02/T2.nii.gz': sequence(2, { dims: [8, 9, 4] }) },
      'other-grid',
      /P02.T2/,
    ],
    [
      'a file that is cut off',
      { 'P02/T2.nii.gz': sequence(2).subarray(0, -20) },
      'broken-nifti',
      /P02.T2.*is cut off/,
    ],
    ['a missing sequence', { 'P02/T2.nii.gz': undefined }, 'missing-sequence', /P02.*has no T2/],
  ] as [string, Record<string, Uint8Array | undefined>, string, RegExp][])(
    'are refused with %s, or left out if asked to',
    async (_, changes, code, message) => {
      const files = { ...patients([3, 2], 4), ...changes };
      const present = Object.fromEntries(
        Object.entries(files).filter(([, bytes]) => bytes !== undefined),
      ) as Files;
      const problem = await failure(present);
      expect(problem.code).toBe(code);
      expect(problem.message).toMatch(message);
      const data = await load(present, { onBroken: 'skip' });
      expect(new Set(data.samples.map(({ patient }) => patient))).toEqual(new Set(['P01', 'P03', 'P04']));
      expect(data.notes.skipped).toHaveLength(1);
      await data.close();
    },
  );

  it('are refused without masks, without images, and with channels that there are not', async () => {
    const files = patients([3, 2]);
    const only = (keep: RegExp) =>
      Object.fromEntries(Object.entries(files).filter(([path]) => keep.test(path)));
    expect((await failure(only(/T\d/))).code).toBe('no-masks');
    expect((await failure(only(/label/))).code).toBe('no-images');
    expect((await failure(files, { channels: 1 })).code).toBe('other-channels');
    expect((await failure(files, { sequences: ['FLAIR'] })).code).toBe('no-such-name');
    expect((await failure(only(/T\d|a1/))).code).toBe('one-rater');
  });
});

describe('HDF5 files of the MMIS-2024 kind', () => {
  const fixture = (name: string) =>
    new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
  // Made by h5py 3.16.0: see fixtures/make-fixtures.py.
  const expected = JSON.parse(
    readFileSync(new URL('fixtures/expected.json', import.meta.url), 'utf8'),
  ) as Record<string, Record<string, { sum: number }>>;

  it('are read as they are: slices and volumes', async () => {
    const data = await load({
      'training_2d/Sample_1_slice_7.h5': fixture('Sample_1_slice_7.h5'),
      'validation/Sample_2.h5': fixture('Sample_2.h5'),
    });
    expect(data).toMatchObject({ layout: 'hdf5', kind: 'person', channels: 3, spacing: null });
    expect(data.raters.map(({ id }) => id)).toEqual(['a1', 'a2', 'a3', 'a4']);
    expect(data.samples.map(({ id, patient, place }) => [id, patient, place?.slice])).toEqual([
      ['training_2d/Sample_1/slice-0007', 'Sample_1', 7],
      ['validation/Sample_2/slice-0001', 'Sample_2', 1],
      ['validation/Sample_2/slice-0002', 'Sample_2', 2],
    ]);
    expect(data.blanks.map(({ id }) => id)).toEqual(['validation/Sample_2/slice-0000']);
    const [slice, first, second] = data.samples as [Sample, Sample, Sample];
    expect([slice.height, slice.width]).toEqual([8, 7]);
    for (const r of [0, 1, 2, 3]) {
      const key = `label_a${r + 1}`;
      expect((await areasOf(data, slice))[r]).toBe(expected['Sample_1_slice_7.h5']?.[key]?.sum);
      const volume =
        ((await areasOf(data, first))[r] as number) + ((await areasOf(data, second))[r] as number);
      expect(volume).toBe(expected['Sample_2.h5']?.[key]?.sum);
    }
    await data.close();
  });

  const slice = (label: Uint8Array, shape = [8, 7]) =>
    hdf5File({
      t1: { shape: [8, 7], data: Float64Array.from({ length: 56 }, (_, i) => i / 3) },
      label_a1: { shape, data: label },
      label_a2: { shape: [8, 7], data: new Uint8Array(56).fill(1, 3, 6) },
    });
  const whole = new Uint8Array(56).fill(1, 0, 9);

  it.each([
    [
      'that is cut off',
      async () => (await slice(whole)).subarray(0, 900),
      'broken-hdf5',
      /b_slice_1.*cut off/,
    ],
    [
      'whose mask has another size',
      () => slice(new Uint8Array(64), [8, 8]),
      'sizes-differ',
      /label_a1.*8 × 8 values, t1 has 8 × 7/,
    ],
    [
      'whose mask has several labels',
      () => slice(whole.map((v, i) => v * (1 + (i % 2)))),
      'several-labels',
      /label_a1.*labels 1, 2/,
    ],
    [
      'without a sequence',
      () => hdf5File({ label_a1: { shape: [8, 7], data: whole } }),
      'missing-sequence',
      /has no t1/,
    ],
    [
      'without masks',
      () => hdf5File({ t1: { shape: [8, 7], data: new Float64Array(56).fill(0.5) } }),
      'no-masks',
      /has none of the masks/,
    ],
    [
      'of too many dimensions',
      () => hdf5File({ t1: { shape: [2, 2, 2, 7], data: new Float64Array(56) } }),
      'unsupported-hdf5',
      /t1.*4 dimensions/,
    ],
  ] as [string, () => Promise<Uint8Array>, string, RegExp][])(
    'refuse one %s',
    async (_, broken, code, message) => {
      const good = await slice(whole);
      const problem = await failure({
        'a_slice_1.h5': good,
        'b_slice_1.h5': await broken(),
        'c_slice_1.h5': good,
      });
      expect(problem.code).toBe(code);
      expect(problem.message).toMatch(message);
    },
  );

  it('refuse two files of one slice', async () => {
    const good = await slice(whole);
    const problem = await failure({ 'a_slice_1.h5': good, 'a_slice_01.h5': good, 'c_slice_1.h5': good });
    expect(problem.message).toMatch(/a_slice_1\.h5 ?: is the same slice of a volume as a_slice_01\.h5/);
  });
});
