import {
  changedPersonaSchema,
  identityProviderSchema,
  personaChangeSchema,
  retentionSchema,
} from '@d-persona/shared/contract/administration.ts';
import { hospitalParameterSchema, personaIdSchema } from '@d-persona/shared/contract/identifiers.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { idempotencyParameter } from '../idempotency/idempotency-key.ts';
import { once } from '../idempotency/once.ts';
import { readJson } from '../input/read-json.ts';
import { authorise } from '../middleware/authorise.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv, Services } from '../services.ts';
import { LIST_PROBLEMS, STORED_PROBLEMS, securityFor } from './answers.ts';
import { jsonBody } from './json-body.ts';
import { withModel } from './with-model.ts';

const ofHospital = z.strictObject({ hospital: hospitalParameterSchema });

/** What a hospital says of its personas, its identity provider, and for how long things are kept. */
export function hospitalSettingsRoutes(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants, sql, now } = services;
  const common = { security: securityFor('admin'), middleware: authorise(tenants, 'admin') };
  const unsafe = {
    security: securityFor('admin'),
    middleware: [authorise(tenants, 'admin'), once(services)],
    parameters: [idempotencyParameter],
  };
  const changePersona = createRoute({
    method: 'patch',
    path: '/v1/hospitals/{hospital}/personas/{persona}',
    operationId: 'changePersona',
    summary: 'Rename a persona, retire it, or bring it back',
    ...unsafe,
    request: {
      params: z.strictObject({ hospital: hospitalParameterSchema, persona: personaIdSchema }),
      body: jsonBody('PersonaChange'),
    },
    responses: {
      200: { description: 'The persona', content: { 'application/json': { schema: changedPersonaSchema } } },
      ...STORED_PROBLEMS,
    },
  });
  app.openapi(changePersona, async (c) => {
    const { hospital } = c.var;
    const { persona: id } = c.req.valid('param');
    const change = await readJson(c, services, personaChangeSchema);
    const known = await withModel(c, services, async ({ manifest }) =>
      manifest.personas.some((persona) => persona.id === id),
    );
    if (!known)
      throw new ProblemError('not-found', 'persona: the current release has no persona of this id.');
    // By what the row says when it is written: of two changes at once, of title and retirement, neither is lost.
    const title = change.title ?? null;
    const retired = change.retired === undefined ? null : Number(change.retired);
    await sql.write([
      `INSERT INTO personas (hospital, id, title, retired) VALUES (?, ?, ?, CASE WHEN ? THEN ? END)
        ON CONFLICT DO UPDATE SET title = coalesce(excluded.title, title),
          retired = CASE WHEN ? IS NULL THEN retired ELSE excluded.retired END`,
      ...[hospital, id, title, retired, new Date(now()).toISOString(), retired],
    ]);
    const changed = await sql.row(
      z.object({ title: z.string().nullable(), retired: z.string().nullable() }),
      'SELECT title, retired FROM personas WHERE hospital = ? AND id = ?',
      ...([hospital, id] as const),
    );
    if (changed === null) throw new Error('a persona that was just changed is not there');
    return c.json({ id, title: changed.title, retired: changed.retired !== null }, 200);
  });

  const provider = createRoute({
    method: 'put',
    path: '/v1/hospitals/{hospital}/identity-provider',
    operationId: 'setIdentityProvider',
    summary: "Take the access tokens of the hospital's own identity provider instead of keys",
    ...unsafe,
    request: { params: ofHospital, body: jsonBody('IdentityProvider') },
    responses: { 204: { description: 'They are taken' }, ...STORED_PROBLEMS },
  });
  app.openapi(provider, async (c) => {
    const { issuer, audience, jwks, scopes } = await readJson(c, services, identityProviderSchema);
    const { hospital } = c.var;
    const [changed] = await sql.write([
      `UPDATE hospitals SET issuer = ?, audience = ?, jwks = ?, token_scopes = ? WHERE id = ? AND NOT EXISTS
        (SELECT 1 FROM hospitals AS other WHERE other.issuer = ? AND other.audience = ? AND other.id <> ?)`,
      ...[issuer, audience, JSON.stringify(jwks), scopes.join(' '), hospital, issuer, audience, hospital],
    ]);
    if (changed === 1) return c.body(null, 204);
    throw new ProblemError('conflict', 'issuer, audience: cannot be used here. Choose another audience.');
  });

  const noProvider = createRoute({
    method: 'delete',
    path: '/v1/hospitals/{hospital}/identity-provider',
    operationId: 'removeIdentityProvider',
    summary: 'Take no tokens any more',
    ...unsafe,
    request: { params: ofHospital },
    responses: { 204: { description: 'They are not taken' }, ...STORED_PROBLEMS },
  });
  app.openapi(noProvider, async (c) => {
    await sql.write([
      'UPDATE hospitals SET issuer = NULL, audience = NULL, jwks = NULL, token_scopes = NULL WHERE id = ?',
      c.var.hospital,
    ]);
    return c.body(null, 204);
  });

  const retention = createRoute({
    method: 'get',
    path: '/v1/hospitals/{hospital}/retention',
    operationId: 'retention',
    summary: 'For how long annotations and the audit are kept',
    ...common,
    request: { params: ofHospital },
    responses: {
      200: { description: 'Days', content: { 'application/json': { schema: retentionSchema } } },
      ...LIST_PROBLEMS,
    },
  });
  app.openapi(retention, async (c) => {
    const kept = await sql.row(
      retentionSchema,
      'SELECT annotation_days, audit_days FROM hospitals WHERE id = ?',
      c.var.hospital,
    );
    if (kept === null) throw new Error('a hospital that was just authorised is not there');
    return c.json(kept, 200);
  });

  const setRetention = createRoute({
    method: 'put',
    path: '/v1/hospitals/{hospital}/retention',
    operationId: 'setRetention',
    summary: 'Keep annotations and the audit for so long',
    ...unsafe,
    request: { params: ofHospital, body: jsonBody('Retention') },
    responses: { 204: { description: 'From the next night on' }, ...STORED_PROBLEMS },
  });
  app.openapi(setRetention, async (c) => {
    const { annotation_days, audit_days } = await readJson(c, services, retentionSchema);
    await sql.write([
      'UPDATE hospitals SET annotation_days = ?, audit_days = ? WHERE id = ?',
      ...[annotation_days, audit_days, c.var.hospital],
    ]);
    return c.body(null, 204);
  });
}
