import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { InputError } from '@d-persona/shared/errors.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forSlice } from '../voxel-slices.ts';
import { readNifti, readNiftiHeader } from './read-nifti.ts';

// Made by nibabel 5.4.2 and read by it again: see fixtures/make-fixtures.py.
const FIXTURES = new URL('../fixtures/', import.meta.url);
const fixture = (name: string) => new Uint8Array(readFileSync(new URL(name, FIXTURES)));
const EXPECTED = JSON.parse(readFileSync(new URL('expected.json', FIXTURES), 'utf8')) as Record<
  string,
  { sizes: number[]; spacing: number[]; values: number[] }
>;
const volumes = Object.keys(EXPECTED).filter((name) => name.includes('.nii'));

/** All slices one after another. */
function axialValues(bytes: Uint8Array, name: string): number[] {
  const { grid, values, slope, intercept } = readNifti(bytes, name);
  const [slices, rows, columns] = grid.sizes;
  const all: number[] = new Array(slices * rows * columns);
  for (let slice = 0; slice < slices; slice++) {
    forSlice(grid, slice, (voxel, pixel) => {
      all[slice * rows * columns + pixel] = slope * (values[voxel] as number) + intercept;
    });
  }
  return all;
}

function problemOf(bytes: Uint8Array): InputError {
  try {
    readNifti(bytes, 'P1/T1.nii.gz');
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a NIfTI volume', () => {
  it.each(volumes)('has the axial slices that nibabel reads: %s', (name) => {
    const expected = EXPECTED[name] as (typeof EXPECTED)[string];
    const { grid } = readNiftiHeader(fixture(name), name);
    expect(grid.sizes).toEqual(expected.sizes);
    grid.spacing.forEach((side, i) => {
      expect(side).toBeCloseTo(expected.spacing[i] as number, 5);
    });
    const values = axialValues(fixture(name), name);
    expect(values).toHaveLength(expected.values.length);
    const apart = values.map((value, i) => Math.abs(value - (expected.values[i] as number)));
    expect(Math.max(...apart)).toBeLessThan(1e-4);
  });

  it('is covered by a fixture for each datatype, order of axes and version', () => {
    expect(readdirSync(FIXTURES).filter((name) => name.includes('.nii')).length).toBe(volumes.length + 2);
    expect(volumes.length).toBeGreaterThanOrEqual(22);
  });
});

describe('a file that is no volume', () => {
  const packed = fixture('f4.nii.gz');
  const plain = gunzipSync(packed);
  /** Changes a 16-bit field of the header. */
  const changed = (at: number, value: number) => {
    const copy = new Uint8Array(plain);
    new DataView(copy.buffer).setInt16(at, value, true);
    return copy;
  };

  it('is refused with its name and a remedy', () => {
    const problem = problemOf(new TextEncoder().encode('x'.repeat(1000)));
    expect(problem).toMatchObject({ code: 'broken-nifti', input: 'P1/T1.nii.gz' });
    expect(problem.message).toContain('is no NIfTI volume');
    expect(problemOf(new Uint8Array(0)).code).toBe('broken-nifti');
  });

  it('is refused where it is cut off, packed or not, wherever that is', () => {
    for (let length = 2; length < packed.length; length += 7) {
      expect(problemOf(packed.subarray(0, length)).code).toBe('broken-nifti');
    }
    for (let length = 0; length < plain.length; length += 13) {
      expect(problemOf(plain.subarray(0, length)).code).toBe('broken-nifti');
    }
    expect(problemOf(packed.subarray(0, packed.length - 12)).message).toContain('cut off');
  });

  it('is refused where its packed bytes are damaged', () => {
    const damaged = new Uint8Array(packed);
    damaged[packed.length - 6] = 255 - (damaged[packed.length - 6] as number);
    expect(problemOf(damaged).code).toBe('broken-nifti');
  });

  it('is refused with several volumes, and told what to do', () => {
    const problem = problemOf(fixture('five-volumes.nii.gz'));
    expect(problem).toMatchObject({ code: 'unsupported-nifti' });
    expect(problem.message).toMatch(/4 dimensions \(3 × 4 × 2 × 5\).*Save each sequence/);
    expect(problemOf(changed(40, 1)).code).toBe('unsupported-nifti');
    expect(problemOf(changed(40, 9)).code).toBe('unsupported-nifti');
  });

  it('is refused with numbers of another kind', () => {
    expect(problemOf(fixture('complex.nii.gz')).message).toContain('datatype 32 (complex numbers)');
    expect(problemOf(changed(70, 128)).message).toContain('datatype 128 (colours)');
    expect(problemOf(changed(70, 77)).message).toContain('datatype 77 (unknown)');
  });

  it('is refused where sizes are none or too many, before anything is unpacked', () => {
    expect(problemOf(changed(42, 0)).message).toContain('0 × 4 × 2 voxels');
    expect(problemOf(changed(42, -3)).code).toBe('unsupported-nifti');
    const huge = changed(42, 32767);
    new DataView(huge.buffer).setInt16(44, 32767, true);
    expect(problemOf(huge).message).toContain('the limit is 268435456');
  });

  it('is refused where it unpacks to more than it announces', () => {
    const bomb = new Uint8Array(plain.length + (64 << 20));
    bomb.set(plain);
    const problem = problemOf(new Uint8Array(gzipSync(bomb)));
    expect(problem.message).toContain('unpacks to more than its header announces');
  });

  it('is refused as what it is, or read, whatever its header says', () => {
    const damage = fc.array(fc.tuple(fc.nat(351), fc.nat(255)), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(damage, (changes) => {
        const copy = new Uint8Array(plain);
        for (const [at, value] of changes) copy[at] = value;
        try {
          const { values, voxels, grid } = readNifti(copy, 'damaged.nii');
          expect(values).toHaveLength(voxels);
          expect(grid.spacing.every((side) => side > 0)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is refused where its affine is not one', () => {
    const flat = new Uint8Array(plain);
    flat.fill(0, 280, 296); // srow_x
    flat.fill(0, 296, 312);
    flat.fill(0, 312, 328);
    expect(problemOf(flat).message).toContain('not invertible');
    const view = new DataView(flat.buffer);
    view.setFloat32(280, Number.NaN, true);
    expect(problemOf(flat).code).toBe('broken-nifti');
  });
});
