import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import type { AppEnv } from '../services.ts';

/** What a page may read of an answer beside its body. */
const EXPOSED = ['etag', 'link', 'retry-after', 'server-timing', 'x-request-id'];
const HEADERS = ['accept', 'authorization', 'content-type', 'idempotency-key', 'if-match', 'x-request-id'];
const DAY_SECONDS = 86_400;

/**
 * Lets web pages of these origins ask (CORS). Keys are sent as a header, never as a cookie, so a page that has none gets
 * nothing.
 */
export function allowedOrigins(origins: readonly string[]): MiddlewareHandler<AppEnv> {
  if (origins.length === 0) return (_, next) => next();
  return cors({
    origin: [...origins],
    allowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowHeaders: HEADERS,
    exposeHeaders: EXPOSED,
    maxAge: DAY_SECONDS,
  });
}
