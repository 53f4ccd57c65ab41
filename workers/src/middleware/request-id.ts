import { createMiddleware } from 'hono/factory';
import type { AppEnv } from '../services.ts';

/** What a caller may choose as request id: it is echoed and logged, so nothing that could break a header or a line. */
const ACCEPTED = /^[A-Za-z0-9._-]{8,128}$/;

/** Gives each request an id: the caller's own from `x-request-id` if it is harmless, else a new one. Answers name it. */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const offered = c.req.header('x-request-id');
  const id = offered !== undefined && ACCEPTED.test(offered) ? offered : crypto.randomUUID();
  c.set('requestId', id);
  await next();
  c.header('x-request-id', id);
  // Answers are about patients: no cache on the way may keep them, and no browser may guess their type.
  c.header('cache-control', 'no-store');
  c.header('x-content-type-options', 'nosniff');
});
