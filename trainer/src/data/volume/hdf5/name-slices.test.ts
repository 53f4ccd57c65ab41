import { expect, it } from 'vitest';
import { findPatients } from '../../layout/patients.ts';
import { nameSlices } from './name-slices.ts';

/** What the dataset makes of it: patient, volume and slice of each file. */
function told(
  paths: readonly string[],
): [patient: string, volume: string | undefined, slice: number | undefined][] {
  const ids = nameSlices(paths);
  const patients = findPatients(
    ids.map(({ id }) => ({ folder: '', key: id })),
    false,
  );
  return ids.map(({ slice }, i) => [patients[i] as string, slice?.volume, slice?.slice]);
}

it('knows slices by a word, whole volumes, and one patient in two parts', () => {
  expect(
    told(['training_2d/Sample_1_slice_10.h5', 'training_2d/Sample_2_slice_3.h5', 'validation/Sample_1.h5']),
  ).toEqual([
    ['Sample_1', 'training_2d/Sample_1', 10],
    ['Sample_2', 'training_2d/Sample_2', 3],
    ['Sample_1', undefined, undefined],
  ]);
});

it('knows slices by a number that comes again under the same names', () => {
  const paths = ['1', '2', '3'].flatMap((p) => [4, 5].map((s) => `${p}_${s}.h5`));
  expect(told(paths).map(([patient, , slice]) => [patient, slice])).toEqual([
    ['1', 4],
    ['1', 5],
    ['2', 4],
    ['2', 5],
    ['3', 4],
    ['3', 5],
  ]);
  expect(told(['a1_s7.h5', 'a1_s8.h5', 'a2_s7.h5', 'a2_s9.h5', 'a3_s1.h5', 'a3_s2.h5'])[3]).toEqual([
    'a2',
    'a2',
    9,
  ]);
});

it('takes numbers of patients for no slices', () => {
  const patients = ['Sample_1.h5', 'Sample_2.h5', 'Sample_3.h5', 'Sample_4.h5', 'Sample_5.h5', 'Sample_6.h5'];
  expect(told(patients).map(([patient]) => patient)).toEqual(patients.map((name) => name.slice(0, -3)));
  const set = patients.map((name) => name.replace('Sample', 'NPC170'));
  expect(new Set(told(set).map(([patient]) => patient)).size).toBe(6);
});

it('gives files of the same name in other folders other ids', () => {
  const ids = nameSlices(['train/P1.h5', 'test/P1.h5', 'siteA/P1.h5', 'siteB/P1.h5']).map(({ id }) => id);
  expect(new Set(ids).size).toBe(4);
  expect(told(['siteA/P1.h5', 'siteB/P1.h5']).map(([patient]) => patient)).toEqual(['siteA_P1', 'siteB_P1']);
});
