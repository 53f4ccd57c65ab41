import {
  changedPersonaSchema,
  identityProviderSchema,
  personaChangeSchema,
  retentionSchema,
} from '@d-persona/shared/contract/administration.ts';
import { hospitalParameterSchema, personaIdSchema } from '@d-persona/shared/contract/identifiers.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
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
  const changePersona = createRoute({
    method: 'patch',
    path: '/v1/hospitals/{hospital}/personas/{persona}',
    operationId: 'changePersona',
    summary: 'Rename a persona, retire it, or bring it back',
    ...common,
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
    const { hospital, tenant } = c.var;
    const { persona: id } = c.req.valid('param');
    const change = await readJson(c, services, personaChangeSchema);
    const known = await withModel(c, services, async ({ manifest }) =>
      manifest.personas.some((persona) => persona.id === id),
    );
    if (!known)
      throw new ProblemError('not-found', 'persona: the current release has no persona of this id.');
    const before = tenant.personas.get(id);
    const title = change.title ?? before?.title ?? null;
    const retired = change.retired ?? before?.retired ?? false;
    await sql.write([
      `INSERT INTO personas (hospital, id, title, retired) VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET title = excluded.title, retired = excluded.retired`,
      ...[hospital, id, title, retired ? new Date(now()).toISOString() : null],
    ]);
    return c.json({ id, title, retired }, 200);
  });

  const provider = createRoute({
    method: 'put',
    path: '/v1/hospitals/{hospital}/identity-provider',
    operationId: 'setIdentityProvider',
    summary: "Take the access tokens of the hospital's own identity provider instead of keys",
    ...common,
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
    ...common,
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
    ...common,
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
