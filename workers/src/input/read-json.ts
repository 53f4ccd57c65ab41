import type { Context } from 'hono';
import type { z } from 'zod';
import { ProblemError } from '../problem/problem-error.ts';
import { schemaProblem } from '../problem/schema-problem.ts';
import type { AppEnv, Services } from '../services.ts';
import { withBody } from './read-body.ts';

/** Bodies of administration are names, scopes and key sets. */
export const MAX_JSON_BYTES = 64 * 1024;

/**
 * Reads and checks a JSON body; it is counted and limited as every body is.
 *
 * @throws ProblemError 400 malformed, 413 too large
 */
export function readJson<T extends z.ZodType>(
  c: Context<AppEnv>,
  { held }: Services,
  schema: T,
): Promise<z.output<T>> {
  return withBody(c.req.raw, { maxBytes: MAX_JSON_BYTES, held }, async (body) => {
    const checked = schema.safeParse(parse(body));
    if (!checked.success) throw schemaProblem('body', checked.error);
    return checked.data;
  });
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    throw new ProblemError('malformed-request', 'body: is not JSON. Send one JSON object.');
  }
}
