import { sha256 } from '@d-persona/shared/release/sha256.ts';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { withBody } from '../input/read-body.ts';
import { MAX_JSON_BYTES } from '../input/read-json.ts';
import { bearerToken } from '../middleware/bearer-token.ts';
import { ProblemError, unavailable } from '../problem/problem-error.ts';
import type { AppEnv, Services } from '../services.ts';
import { idempotencyKey } from './idempotency-key.ts';
import { abandonOnce, beginOnce, endOnce, type OnceRequest } from './idempotency-rows.ts';
import { openAnswer, sealAnswer } from './sealed-answer.ts';

/** Headers of an answer that are told again. */
const KEPT_HEADERS = ['content-type', 'etag'];

/**
 * Does a request once under its idempotency key, and tells what came of it again. What was refused, or failed, may be
 * tried again under the same key. Stands behind `authorise`.
 *
 * @throws ProblemError 400 for a key that is none, 409 for one that was used for another request, 503 while the same
 *   request is at work
 */
export function once(services: Services) {
  const { sql, now } = services;
  return createMiddleware<AppEnv>(async (c, next) => {
    const key = idempotencyKey(c.req.header('idempotency-key'));
    if (key === undefined) return next();
    const request = await describe(c, services, key);
    const begun = await beginOnce(sql, request, now());
    const token = bearerToken(c.req.header('authorization')) ?? '';
    if (begun.kind === 'other') throw keyUsed('for another request');
    if (begun.kind === 'running') {
      throw unavailable('busy', 'The same request is being worked on. Send it again in a second.', 1);
    }
    if (begun.kind === 'answered') {
      const answer = await openAnswer(begun.answer, token, key);
      if (answer === null) throw keyUsed('with another access token');
      const { status, headers, body } = answer;
      return new Response(body === '' ? null : body, { status, headers });
    }
    c.set('once', request.digest);
    await next();
    if (!c.res.ok) return abandonOnce(sql, request);
    const headers = KEPT_HEADERS.flatMap((name) => {
      const value = c.res.headers.get(name);
      return value === null ? [] : [[name, value] as const];
    });
    const body = await c.res.clone().text();
    const answer = { status: c.res.status, headers: Object.fromEntries(headers), body };
    await endOnce(sql, request, await sealAnswer(answer, token, key));
  });
}

/** What names a request, and what it asks for; its body is read for that and put back. */
async function describe(c: Context<AppEnv>, { held }: Services, key: string): Promise<OnceRequest> {
  const { raw, method, path } = c.req;
  const body = await withBody(raw, { maxBytes: MAX_JSON_BYTES, held }, async (bytes) => bytes);
  c.req.raw = new Request(raw.url, { method, headers: raw.headers, ...(body.length > 0 && { body }) });
  const owner = c.get('hospital') ?? '*';
  return {
    owner,
    digest: await hash(owner, c.var.caller.who, key),
    request: await hash(method, path, c.req.header('if-match') ?? '', await sha256(body)),
  };
}

function hash(...parts: string[]): Promise<string> {
  return sha256(new TextEncoder().encode(JSON.stringify(parts)));
}

function keyUsed(how: string): ProblemError {
  return new ProblemError('conflict', `idempotency-key: was used ${how}. Send a new key.`);
}
