import type { z } from 'zod';
import { ProblemError } from '../problem/problem-error.ts';
import { schemaProblem } from '../problem/schema-problem.ts';

/**
 * The options of a request: its query parameters and the part `options` of a multipart body, which have the same
 * names. One given in both places is refused, for it would have to be guessed which is meant.
 *
 * @throws ProblemError 400
 */
export function mergeOptions<T extends object>(query: T, part: unknown, schema: z.ZodType<T>): T {
  const checked = schema.safeParse(part);
  if (!checked.success) throw schemaProblem('part "options"', checked.error);
  const inQuery = new Set(
    Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [name])),
  );
  const twice = Object.keys(checked.data).filter((name) => inQuery.has(name));
  if (twice.length > 0) {
    throw new ProblemError(
      'malformed-request',
      `${twice.join(', ')}: stands in the query and in the part "options". Give it once.`,
    );
  }
  return { ...query, ...checked.data };
}
