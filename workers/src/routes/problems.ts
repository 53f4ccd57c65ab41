import { PROBLEMS, type ProblemKind } from '@d-persona/shared/contract/problem.ts';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv } from '../services.ts';

/** A line about each kind of problem, at the URI that is its `type`. */
export function problemRoutes(app: OpenAPIHono<AppEnv>): void {
  app.get('/problems/:kind', (c) => {
    const kind = c.req.param('kind');
    if (!Object.hasOwn(PROBLEMS, kind))
      throw new ProblemError('not-found', 'path: names no kind of problem.');
    const { status, title } = PROBLEMS[kind as ProblemKind];
    return c.text(`${title} (HTTP status ${status}).\n`);
  });
}
