import type { z } from 'zod';
import { ProblemError } from './problem-error.ts';

/**
 * Every way in which an input misses its schema, in one sentence each. Validators' own messages can repeat what was
 * sent, so only paths, codes and what was expected are told.
 *
 * @param input what was checked, such as "query parameters"
 */
export function schemaProblem(input: string, { issues }: Pick<z.ZodError, 'issues'>): ProblemError {
  const told = issues.map((issue) => `${issue.path.join('.') || input}: ${expectation(issue)}`);
  return new ProblemError(
    'malformed-request',
    `${input}: ${told.join('; ')}. See /docs for what is accepted.`,
  );
}

function expectation(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${issue.expected}`;
    case 'too_small':
      return `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`;
    case 'too_big':
      return `must be ${issue.inclusive ? 'at most' : 'less than'} ${issue.maximum}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'unrecognized_keys':
      return 'has a name that is not known here';
    case 'invalid_union':
      return 'has none of the accepted forms';
    default:
      return 'is not of the accepted form';
  }
}
