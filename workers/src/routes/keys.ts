import {
  keyIdSchema,
  keysSchema,
  madeKeySchema,
  newKeySchema,
  rotationSchema,
} from '@d-persona/shared/contract/administration.ts';
import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { idempotencyParameter } from '../idempotency/idempotency-key.ts';
import { once } from '../idempotency/once.ts';
import { readJson } from '../input/read-json.ts';
import { authorise } from '../middleware/authorise.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv, Services } from '../services.ts';
import { listKeys, makeKey, revokeKey, rotateKey } from '../tenant/key-store.ts';
import { LIST_PROBLEMS, STORED_PROBLEMS, securityFor } from './answers.ts';
import { jsonBody } from './json-body.ts';

const ofHospital = z.strictObject({ hospital: hospitalParameterSchema });
const ofKey = z.strictObject({ hospital: hospitalParameterSchema, key: keyIdSchema });
/** What a new key's id is for. */
const OF_MADE_KEY = { hospital: '$request.path.hospital', key: '$response.body#/id' };
const MADE = {
  201: {
    description: 'The key, shown this once',
    content: { 'application/json': { schema: madeKeySchema } },
    links: {
      revoke: { operationId: 'revokeKey', parameters: OF_MADE_KEY },
      rotate: { operationId: 'rotateKey', parameters: OF_MADE_KEY },
    },
  },
  ...STORED_PROBLEMS,
};

/** The keys of a hospital: made, listed, replaced, revoked. */
export function keysRoutes(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants, sql, now } = services;
  const common = { security: securityFor('admin'), middleware: authorise(tenants, 'admin') };
  const unsafe = {
    security: securityFor('admin'),
    middleware: [authorise(tenants, 'admin'), once(services)],
    parameters: [idempotencyParameter],
  };
  const list = createRoute({
    method: 'get',
    path: '/v1/hospitals/{hospital}/keys',
    operationId: 'keys',
    summary: 'The keys of the hospital, without their secrets',
    ...common,
    request: { params: ofHospital },
    responses: {
      200: { description: 'The keys', content: { 'application/json': { schema: keysSchema } } },
      ...LIST_PROBLEMS,
    },
  });
  app.openapi(list, async (c) => c.json({ keys: await listKeys(sql, c.var.hospital) }, 200));

  const make = createRoute({
    method: 'post',
    path: '/v1/hospitals/{hospital}/keys',
    operationId: 'makeKey',
    summary: 'Make a key. Its secret is shown this once',
    ...unsafe,
    request: { params: ofHospital, body: jsonBody('NewKey') },
    responses: MADE,
  });
  app.openapi(make, async (c) => {
    const wanted = await readJson(c, services, newKeySchema);
    if (wanted.expires !== undefined && Date.parse(wanted.expires) <= now()) {
      throw new ProblemError('malformed-request', 'expires: is in the past. Choose a later moment, in UTC.');
    }
    const expires = wanted.expires === undefined ? null : new Date(wanted.expires).toISOString();
    const made = await makeKey(sql, c.var.hospital, { ...wanted, expires }, now(), c.get('once'));
    return c.json(made, 201);
  });

  const rotate = createRoute({
    method: 'post',
    path: '/v1/hospitals/{hospital}/keys/{key}/rotations',
    operationId: 'rotateKey',
    summary: 'Replace a key by a new one with the same scopes',
    ...unsafe,
    request: { params: ofKey, body: jsonBody('Rotation') },
    responses: MADE,
  });
  app.openapi(rotate, async (c) => {
    const { grace } = await readJson(c, services, rotationSchema);
    const rotation = { id: c.req.valid('param').key, graceMs: 1000 * grace };
    const made = await rotateKey(sql, c.var.hospital, rotation, now(), c.get('once'));
    return c.json(made, 201);
  });

  const revoke = createRoute({
    method: 'delete',
    path: '/v1/hospitals/{hospital}/keys/{key}',
    operationId: 'revokeKey',
    summary: 'Revoke a key: it does not work from now on',
    ...unsafe,
    request: { params: ofKey },
    responses: { 204: { description: 'It does not work any more' }, ...STORED_PROBLEMS },
  });
  app.openapi(revoke, async (c) => {
    await revokeKey(sql, c.var.hospital, c.req.valid('param').key, now());
    return c.body(null, 204);
  });
}
