import { describe, expect, it } from 'vitest';
import { negotiate } from './negotiate.ts';

const OFFERED = ['application/json', 'image/png'] as const;

describe('negotiate', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['image/png', 'image/png'],
    ['image/*', 'image/png'],
    ['IMAGE/PNG', 'image/png'],
    ['text/html, image/png;q=0.5, */*;q=0.1', 'image/png'],
    ['application/json;q=0.4, image/png;q=0.5', 'image/png'],
    ['application/json;q=0, */*', 'image/png'],
    ['text/html,application/xhtml+xml,image/png;q=0.8', 'image/png'],
  ])('%s gives %s', (accept, expected) => {
    expect(negotiate(accept, OFFERED)).toBe(expected);
  });

  it.each(['text/html', '', 'image/png;q=0', 'application/dicom', 'image/png;q=abc'])(
    '%s is refused',
    (accept) => {
      expect(() => negotiate(accept, OFFERED)).toThrow(expect.objectContaining({ kind: 'not-acceptable' }));
    },
  );
});

describe('profiles of DICOM', () => {
  const offered = ['application/json', 'application/dicom', 'application/dicom;profile=sr'] as const;

  it.each([
    ['application/dicom', 'application/dicom'],
    ['application/dicom; profile=seg', 'application/dicom'],
    ['application/json;q=0.5, Application/DICOM;Profile="SR"', 'application/dicom;profile=sr'],
    ['application/dicom;profile=sr;q=0.4, application/dicom;q=0.3', 'application/dicom;profile=sr'],
    ['application/dicom;profile=pdf, application/dicom;q=0.1', 'application/dicom'],
    ['application/dicom; transfer-syntax=1.2.840.10008.1.2.1', 'application/dicom'],
    ['*/*', 'application/json'],
  ])('%s gives %s', (accept, expected) => expect(negotiate(accept, offered)).toBe(expected));

  it('that are not offered are refused', () => {
    for (const accept of ['application/dicom;profile=pdf', 'application/dicom;q=0']) {
      expect(() => negotiate(accept, offered)).toThrow(expect.objectContaining({ kind: 'not-acceptable' }));
    }
  });
});
