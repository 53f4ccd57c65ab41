import type { Scope } from '@d-persona/shared/release/hospital.ts';
import { createMiddleware } from 'hono/factory';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv } from '../services.ts';
import type { Tenants } from '../tenant/tenants.ts';

/**
 * Lets a request pass whose key belongs to the hospital of its path and has the scope. A key of another hospital
 * learns nothing, not even whether the hospital of the path exists.
 *
 * @throws ProblemError 401 without a valid key, 404 with a key of another hospital, 403 without the scope
 */
export function authorise(tenants: Tenants, scope: Scope) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const token = bearerToken(c.req.header('authorization'));
    const holder = token === undefined ? null : await tenants.keyHolder(token);
    if (holder === null) {
      const detail = 'authorization: holds no valid key. Send "Bearer" and a key of the hospital.';
      throw new ProblemError('missing-key', detail, { 'www-authenticate': 'Bearer realm="d-persona"' });
    }
    if (holder.hospital !== c.req.param('hospital')) {
      throw new ProblemError('not-found', 'path: names nothing that this key can see. Check the hospital.');
    }
    if (!holder.scopes.includes(scope)) {
      const detail = `authorization: the key lacks the scope "${scope}". Ask for a key that has it.`;
      throw new ProblemError('missing-scope', detail);
    }
    c.set('hospital', holder.hospital);
    await next();
  });
}

/** The token of `Authorization: Bearer …`. */
function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,512})$/i.exec(header ?? '')?.[1];
}
