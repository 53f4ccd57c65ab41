import {
  PROBLEM_MEDIA_TYPE,
  PROBLEMS,
  type ProblemKind,
  problemSchema,
} from '@d-persona/shared/contract/problem.ts';
import type { Scope } from '@d-persona/shared/release/hospital.ts';

/** Problems that any route with a key can answer. */
const ALWAYS: readonly ProblemKind[] = [
  'malformed-request',
  'missing-key',
  'missing-scope',
  'not-found',
  'no-release',
  'store-unavailable',
  'too-many-requests',
];

/** Problems of routes that take an image. */
const OF_IMAGES: readonly ProblemKind[] = ['too-large', 'unsupported-media-type', 'unreadable-image', 'busy'];

/** How a description lists problems: by status, with the titles of the kinds. */
function problemAnswers(kinds: readonly ProblemKind[]) {
  const statuses = [...new Set(kinds.map((kind) => PROBLEMS[kind].status))];
  return Object.fromEntries(
    statuses.map((status) => {
      const titles = kinds
        .filter((kind) => PROBLEMS[kind].status === status)
        .map((kind) => PROBLEMS[kind].title);
      const content = { [PROBLEM_MEDIA_TYPE]: { schema: problemSchema } };
      return [status, { description: [...new Set(titles)].join(', or: '), content }];
    }),
  );
}

export const HEALTH_PROBLEMS = problemAnswers(['no-release']);
export const LIST_PROBLEMS = problemAnswers(ALWAYS);
export const CASE_PROBLEMS = problemAnswers([...ALWAYS, ...OF_IMAGES]);
export const SEGMENTATION_PROBLEMS = problemAnswers([
  ...ALWAYS,
  ...OF_IMAGES,
  'unknown-case',
  'not-acceptable',
]);

export const ANNOTATION_PROBLEMS = problemAnswers([...ALWAYS, ...OF_IMAGES, 'unknown-case', 'conflict']);
export const AUDIT_PROBLEMS = problemAnswers([...ALWAYS, 'not-acceptable']);
const STORED: readonly ProblemKind[] = [...ALWAYS, 'conflict', 'too-large', 'busy'];
export const STORED_PROBLEMS = problemAnswers(STORED);
export const CHANGE_PROBLEMS = problemAnswers([...STORED, 'precondition-failed']);

/** What a route demands, for its description: a key with this scope, or the operator's. */
export function securityFor(scope: Scope | 'operator') {
  return [{ key: [scope] }];
}
