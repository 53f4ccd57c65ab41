import type { Scope } from '@d-persona/shared/release/hospital.ts';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv } from '../services.ts';
import type { Caller } from '../tenant/caller.ts';
import type { Tenant } from '../tenant/tenant.ts';
import type { Tenants } from '../tenant/tenants.ts';
import { bearerToken } from './bearer-token.ts';

/**
 * Lets a request pass whose key belongs to the hospital of its path and has the scope. A key of another hospital
 * learns nothing, not even whether the hospital of the path exists. The hospital as it is now goes with the request:
 * whatever is promoted meanwhile, the request is served by one release.
 *
 * @throws ProblemError 401 without a valid key, 404 with a key of another hospital, 403 without the scope, 429 over a
 *   limit
 */
export function authorise(tenants: Tenants, scope: Scope) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const caller = await authenticate(tenants, c);
    const tenant = await tenantOf(caller, c.req.param('hospital') ?? '', tenants);
    if (tenant === null) throw notVisible();
    // Known from here on, so that the audit of the hospital tells of refusals too.
    c.set('caller', caller);
    c.set('tenant', tenant);
    c.set('hospital', tenant.id);
    if (!caller.scopes.includes(scope)) throw missingScope(scope);
    c.set('leave', await c.var.limits.enter(tenant.id, caller.who));
    await next();
  });
}

/**
 * Lets the operator pass, who alone adds and removes hospitals.
 *
 * @throws ProblemError 401 without a valid key, 403 with a key that is not the operator's
 */
export function authoriseOperator(tenants: Tenants) {
  return createMiddleware<AppEnv>(async (c, next) => {
    const caller = await authenticate(tenants, c);
    if (caller.tenant !== null) {
      const detail = "authorization: only the operator's key may do this. Ask who runs this service.";
      throw new ProblemError('missing-scope', detail);
    }
    c.set('caller', caller);
    await next();
  });
}

async function authenticate(tenants: Tenants, c: Context<AppEnv>): Promise<Caller> {
  const token = bearerToken(c.req.header('authorization'));
  const caller = token === undefined ? null : await tenants.caller(token);
  if (caller !== null) return caller;
  if (token !== undefined) c.var.limits.wrongKey(c.req.header('cf-connecting-ip') ?? 'unknown');
  const detail = 'authorization: holds no valid key. Send "Bearer" and a key of the hospital.';
  throw new ProblemError('missing-key', detail, { 'www-authenticate': 'Bearer realm="d-persona"' });
}

/** The operator may look at any hospital, everybody else at their own. */
async function tenantOf({ tenant }: Caller, hospital: string, tenants: Tenants): Promise<Tenant | null> {
  if (tenant === null) return tenants.tenant(hospital);
  return tenant.id === hospital ? tenant : null;
}

function notVisible(): ProblemError {
  return new ProblemError('not-found', 'path: names nothing that this key can see. Check the hospital.');
}

function missingScope(scope: Scope): ProblemError {
  const detail = `authorization: the key lacks the scope "${scope}". Ask for a key that has it.`;
  return new ProblemError('missing-scope', detail);
}
