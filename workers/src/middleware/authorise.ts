import type { Scope } from '@d-persona/shared/release/hospital.ts';
import { createMiddleware } from 'hono/factory';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv } from '../services.ts';
import type { Tenants } from '../tenant/tenants.ts';

/**
 * Lets a request pass whose key belongs to the hospital of its path and has the scope. A key of another hospital
 * learns nothing, not even whether the hospital of the path exists.
 *
 * @throws ProblemError 401 without a key, 404 with a key that is not the hospital's, 403 without the scope
 */
export function authorise(tenants: Tenants, scope: Scope) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const token = bearerToken(c.req.header('authorization'));
    if (token === undefined) {
      throw new ProblemError(
        'missing-key',
        'authorization: holds no key. Send "Bearer" and a key of the hospital.',
        {
          'www-authenticate': 'Bearer realm="d-persona"',
        },
      );
    }
    const hospital = c.req.param('hospital') ?? '';
    const key = await tenants.keyOf(hospital, token);
    if (key === null) {
      throw new ProblemError(
        'not-found',
        'path: names nothing that this key can see. Check the key and the hospital.',
      );
    }
    if (!key.scopes.includes(scope)) {
      throw new ProblemError(
        'missing-scope',
        `authorization: the key lacks the scope "${scope}". Ask for a key that has it.`,
      );
    }
    c.set('hospital', hospital);
    await next();
  });
}

/** The token of `Authorization: Bearer …`. */
function bearerToken(header: string | undefined): string | undefined {
  return /^Bearer +([\x21-\x7e]{1,512})$/i.exec(header ?? '')?.[1];
}
