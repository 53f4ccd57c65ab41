import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import {
  currentReleaseSchema,
  promotionSchema,
  releasesSchema,
  trialSchema,
} from '@d-persona/shared/contract/releases.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { idempotencyParameter } from '../idempotency/idempotency-key.ts';
import { once } from '../idempotency/once.ts';
import { readJson } from '../input/read-json.ts';
import { authorise } from '../middleware/authorise.ts';
import type { AppEnv, Services } from '../services.ts';
import { demandIfMatch, ifMatch, versionTag } from '../tenant/if-match.ts';
import { outcomeVersion } from '../tenant/outcome-version.ts';
import { listReleases } from '../tenant/release-list.ts';
import { CHANGE_PROBLEMS, LIST_PROBLEMS, securityFor } from './answers.ts';
import { jsonBody } from './json-body.ts';

const params = z.strictObject({ hospital: hospitalParameterSchema });
const ifMatchParameter = {
  name: 'if-match',
  in: 'header' as const,
  required: true,
  schema: { type: 'string' as const, pattern: '^(\\*|"[0-9]{1,15}")$' },
  description: 'The etag of GET …/releases, or *',
};

/** Which releases a hospital has, and which serves it: promotion, roll back, trial. */
export function releasesRoutes(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants, sql, store, models, hospitals } = services;
  const common = { security: securityFor('release'), middleware: authorise(tenants, 'release') };
  const unsafe = {
    security: securityFor('release'),
    middleware: [authorise(tenants, 'release'), once(services)],
  };
  const conditional = {
    security: securityFor('release'),
    middleware: [authorise(tenants, 'release'), demandIfMatch, once(services)],
    parameters: [ifMatchParameter, idempotencyParameter],
  };
  const list = createRoute({
    method: 'get',
    path: '/v1/hospitals/{hospital}/releases',
    operationId: 'releases',
    summary: 'The releases of the hospital, and which serves it',
    ...common,
    request: { params },
    responses: {
      200: { description: 'The releases', content: { 'application/json': { schema: releasesSchema } } },
      ...LIST_PROBLEMS,
    },
  });
  app.openapi(list, async (c) => {
    const releases = await listReleases(sql, store, c.var.tenant, models.faults);
    c.header('etag', versionTag(releases.version));
    return c.json(releases, 200);
  });

  const promote = createRoute({
    method: 'put',
    path: '/v1/hospitals/{hospital}/releases/current',
    operationId: 'promote',
    summary: 'Serve another release from now on: promotion, or roll back. Atomic',
    ...conditional,
    request: { params, body: jsonBody('Promotion') },
    responses: {
      200: {
        description: 'It is current',
        content: { 'application/json': { schema: currentReleaseSchema } },
      },
      ...CHANGE_PROBLEMS,
    },
  });
  app.openapi(promote, async (c) => {
    const ifVersion = ifMatch(c.req.header('if-match'));
    const { release } = await readJson(c, services, promotionSchema);
    const { hospital, caller } = c.var;
    const named = { by: caller.who, once: c.get('once') ?? null };
    const outcome = await hospitals(hospital).promote({ hospital, release, ifVersion, ...named });
    const version = outcomeVersion(outcome);
    c.header('etag', versionTag(version));
    return c.json({ release, version }, 200);
  });

  const startTrial = createRoute({
    method: 'put',
    path: '/v1/hospitals/{hospital}/releases/trial',
    operationId: 'startTrial',
    summary: 'Try another release beside the current one, on a share of requests or in its shadow',
    ...conditional,
    request: { params, body: jsonBody('Trial') },
    responses: {
      200: { description: 'It is on trial', content: { 'application/json': { schema: trialSchema } } },
      ...CHANGE_PROBLEMS,
    },
  });
  app.openapi(startTrial, async (c) => {
    const ifVersion = ifMatch(c.req.header('if-match'));
    const trial = await readJson(c, services, trialSchema);
    const { hospital, caller } = c.var;
    outcomeVersion(await hospitals(hospital).setTrial({ hospital, trial, ifVersion, by: caller.who }));
    return c.json(trial, 200);
  });

  const endTrial = createRoute({
    method: 'delete',
    path: '/v1/hospitals/{hospital}/releases/trial',
    operationId: 'endTrial',
    summary: 'End a trial; the current release serves everything',
    ...unsafe,
    parameters: [idempotencyParameter],
    request: { params },
    responses: { 204: { description: 'There is no trial any more' }, ...CHANGE_PROBLEMS },
  });
  app.openapi(endTrial, async (c) => {
    const { hospital, caller } = c.var;
    const change = { hospital, trial: null, ifVersion: null, by: caller.who };
    outcomeVersion(await hospitals(hospital).setTrial(change));
    return c.body(null, 204);
  });
}
