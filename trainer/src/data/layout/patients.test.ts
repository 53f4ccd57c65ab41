import { describe, expect, it } from 'vitest';
import { findPatients, patientOfName, patientsByPattern } from './patients.ts';

const places = (...paths: string[]) =>
  paths.map((path) => {
    const [folder = '', key = ''] = path.split('|');
    return { folder, key };
  });

describe('patientOfName', () => {
  it.each([
    ['Image_04L', 'Image_04'],
    ['Image_04R', 'Image_04'],
    ['17_left', '17'],
    ['17-OD', '17'],
    ['p3_slice-12', 'p3'],
    ['p3_L_slice12', 'p3'],
    ['cell', 'cell'],
    ['slice-3', 'slice-3'],
    ['b07', 'b07'],
  ])('of %s is %s', (name, patient) => {
    expect(patientOfName(name)).toBe(patient);
  });
});

describe('findPatients', () => {
  it('takes the uppermost folder of slots, however many lesions and parts there are', () => {
    const found = findPatients(
      places('all/train/A/n0|s1', 'all/train/A/n1|s1', 'all/test/A/n2|s9', 'all/test/B/n0|s1'),
      true,
    );
    expect(found).toEqual(['A', 'A', 'A', 'B']);
  });

  it('takes the name of the image, within its set, for named readers', () => {
    expect(findPatients(places('D1|04L', 'D1|04R', 'D2|04L'), false)).toEqual(['D1/04', 'D1/04', 'D2/04']);
    expect(findPatients(places('|04L', '|05R'), false)).toEqual(['04', '05']);
  });

  it('takes a folder as the patient where images have the same names in each', () => {
    expect(findPatients(places('A|s1', 'A|s2', 'B|s1', 'C|s1'), false)).toEqual(['A', 'A', 'B', 'C']);
  });

  it('takes a folder below the folder of images', () => {
    expect(findPatients(places('|A/s1', '|A/s2', '|B/s1'), false)).toEqual(['A', 'A', 'B']);
  });

  it('follows a pattern, and says which name it does not fit', () => {
    expect(patientsByPattern(places('A|x12-1', 'B|x13-1'), '/x(\\d+)')).toEqual(['12', '13']);
    expect(() => patientsByPattern(places('A|y'), '/x(\\d+)')).toThrow(/finds no patient in A\/y/);
  });
});
