import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readHdf5 } from './read-hdf5.ts';

const fixture = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)));

it('reads numbers of all kinds from groups, and follows no link to another file', async () => {
  const arrays = await readHdf5(fixture('kinds.h5'), 'kinds.h5');
  const kinds = ['i1', 'u2', '>i4', 'i8', 'f4', '>f8'].map((kind) => `group/${kind}`);
  expect([...arrays.keys()].sort()).toEqual([...kinds, 'group/bool'].sort());
  for (const kind of kinds) {
    expect(arrays.get(kind)?.shape).toEqual([2, 3]);
    expect(Array.from(arrays.get(kind)?.values ?? [])).toEqual([0, 1, 2, 3, 4, 5]);
  }
  expect(Array.from(arrays.get('group/bool')?.values ?? [])).toEqual([1, 0, 0, 1]);
});

it('refuses half precision and what is no HDF5, by name', async () => {
  await expect(readHdf5(fixture('half.h5'), 'half.h5')).rejects.toMatchObject({
    code: 'unsupported-hdf5',
    input: 'half.h5, t1',
  });
  await expect(readHdf5(new TextEncoder().encode('no'), 'no.h5')).rejects.toMatchObject({
    code: 'broken-hdf5',
    input: 'no.h5',
  });
});
