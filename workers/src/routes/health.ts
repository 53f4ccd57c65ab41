import { healthSchema } from '@d-persona/shared/contract/health.ts';
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

export function healthRoute(app: OpenAPIHono<AppEnv>, { tenants, models, settings }: Services): void {
  app.openapi(route, async (c) => {
    // Loading it, if it is not loaded yet, makes the first request as fast as the others.
    await models.use(await tenants.anyRelease(), async () => undefined);
    return c.json({ status: 'ok' as const, version: VERSION, limits: announcedLimits(settings) }, 200);
  });
}
