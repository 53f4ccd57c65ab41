import { codeItem, dcm } from '../codes.ts';
import type { WritableDataSet } from '../write-dataset.ts';
import type { Answer, AnswerSegment } from './answer.ts';

/** Of the method, as reports and viewers show it. */
export const ALGORITHM_NAME = 'D-Persona';

/** What a segment depended on, in one line: options, segment, release. */
export function algorithmParameters({ request, release }: Answer, segment: AnswerSegment): string {
  return Object.entries({ ...request, segment: segment.id, release: release.hash })
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join('; ');
}

/** Which algorithm drew a segment, with all that it depended on (PS3.3 10.16, Algorithm Identification Macro). */
export function algorithmIdentification(answer: Answer, segment: AnswerSegment): WritableDataSet {
  return {
    AlgorithmFamilyCodeSequence: [codeItem(dcm('123110', 'Artificial Intelligence'))],
    AlgorithmName: ALGORITHM_NAME,
    AlgorithmVersion: answer.software.version,
    AlgorithmParameters: algorithmParameters(answer, segment),
    AlgorithmSource: answer.software.name,
  };
}
