import { expect, it } from 'vitest';
import { readFile } from '../read-file.ts';
import { answerOn, sourceOf } from './answer.fixtures.ts';
import { answerObject } from './answer-object.ts';

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
