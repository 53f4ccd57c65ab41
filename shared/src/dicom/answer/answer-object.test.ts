import { describe, expect, it } from 'vitest';
import { readFile } from '../read-file.ts';
import { answerOn, sourceOf } from './answer.fixtures.ts';
import { ANSWER_OBJECTS, answerObject, mediaTypeOf, objectAccepted } from './answer-object.ts';

describe('the object that a caller accepts', () => {
  it.each([
    ['application/dicom', 'seg'],
    ['application/dicom; profile=rtstruct', 'rtstruct'],
    ['application/json;q=0.5, Application/DICOM;Profile="SR"', 'sr'],
    ['application/dicom;profile=sr;q=0.4, application/dicom;profile=rtstruct;q=0.6', 'rtstruct'],
    ['application/dicom;profile=pdf, application/dicom;q=0.1', 'seg'],
    ['application/dicom; transfer-syntax=1.2.840.10008.1.2.1', 'seg'],
    ['application/dicom;profile=pdf', undefined],
    ['application/dicom;q=0', undefined],
    ['application/json', undefined],
  ])('%s', (accept, object) => {
    expect(objectAccepted(accept)).toBe(object);
  });

  it('is told by its media type', () => {
    expect(ANSWER_OBJECTS.map((object) => objectAccepted(mediaTypeOf(object)))).toEqual([...ANSWER_OBJECTS]);
  });
});

it.each([
  ['seg', false, '1.2.840.10008.5.1.4.1.1.66.4', 'BINARY'],
  ['seg', true, '1.2.840.10008.5.1.4.1.1.66.4', 'FRACTIONAL'],
  ['rtstruct', false, '1.2.840.10008.5.1.4.1.1.481.3', undefined],
  ['sr', false, '1.2.840.10008.5.1.4.1.1.88.33', undefined],
] as const)('an answer as %s, fractional: %s', async (object, fractional, sopClass, type) => {
  const file = await answerObject(answerOn(sourceOf({ kind: 'CT' })), object, fractional);
  const { dataSet } = readFile(file, { name: 'answer', maxInflatedBytes: 0 });
  expect([dataSet.string('SOPClassUID'), dataSet.string('SegmentationType')]).toEqual([sopClass, type]);
});
