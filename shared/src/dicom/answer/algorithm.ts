import { codeItem, dcm } from '../codes.ts';
import type { WritableDataSet } from '../write-dataset.ts';
import type { Answer, AnswerSegment } from './answer.ts';

/** Of the method, as reports and viewers show it. */
export const ALGORITHM_NAME = 'D-Persona';

/**
 * What a segment depended on: options, segment, release, as `name=value,name=value`, which other software takes apart;
 * an option's fields are named `option.field`.
 */
export function algorithmParameters({ request, release }: Answer, segment: AnswerSegment): string {
  return parametersOf({ ...request, segment: segment.id, release: release.hash }, '').join(',');
}

function parametersOf(values: object, prefix: string): string[] {
  return Object.entries(values).flatMap(([name, value]) => {
    if (value === undefined || value === null) return [];
    if (typeof value === 'object') return parametersOf(value, `${prefix}${name}.`);
    return [`${prefix}${name}=${String(value).replaceAll(/[,=]+/g, ' ')}`];
  });
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
