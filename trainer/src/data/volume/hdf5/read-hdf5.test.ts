import { readFileSync } from 'node:fs';
import { InputError } from '@d-persona/shared/errors.ts';
import fc from 'fast-check';
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

it('refuses damaged files as what they are, or reads them', async () => {
  const whole = fixture('Sample_2.h5');
  const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(damage, async (changes) => {
      const copy = new Uint8Array(whole);
      for (const [at, value] of changes) copy[at] = value;
      try {
        for (const { shape, values } of (await readHdf5(copy, 'damaged.h5')).values()) {
          expect(values).toHaveLength(shape.reduce((a, b) => a * b, 1));
        }
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
      }
    }),
    { numRuns: 150 },
  );
  expect((await readHdf5(whole, 'Sample_2.h5')).size).toBe(7); // and goes on to read whole ones
});
