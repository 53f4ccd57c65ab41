import { aliveSchema, healthSchema } from '@d-persona/shared/contract/health.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import type { AppEnv, Services } from '../services.ts';
import { announcedLimits } from '../settings.ts';
import { VERSION } from '../version.ts';
import { HEALTH_PROBLEMS } from './answers.ts';

const route = createRoute({
  method: 'get',
  path: '/v1/health',
  operationId: 'health',
  summary: 'Whether the service can answer, and what it accepts',
  responses: {
    200: { description: 'A release is served', content: { 'application/json': { schema: healthSchema } } },
    ...HEALTH_PROBLEMS,
  },
});

const aliveRoute = createRoute({
  method: 'get',
  path: '/v1/health/alive',
  operationId: 'alive',
  summary: 'Whether the service runs at all, whatever it can serve',
  responses: {
    200: { description: 'It runs', content: { 'application/json': { schema: aliveSchema } } },
  },
});

export function healthRoute(app: OpenAPIHono<AppEnv>, { tenants, models, settings }: Services): void {
  app.openapi(aliveRoute, (c) => c.json({ status: 'alive' as const, version: VERSION }, 200));
  app.openapi(route, async (c) => {
    // Loading it, if it is not loaded yet, makes the first request as fast as the others.
    await models.use(await tenants.anyRelease(), async () => undefined);
    return c.json({ status: 'ok' as const, version: VERSION, limits: announcedLimits(settings) }, 200);
  });
}
