import { driftOptionsSchema, driftSchema } from '@d-persona/shared/contract/drift.ts';
import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { authorise } from '../middleware/authorise.ts';
import type { AppEnv, Services } from '../services.ts';
import { LIST_PROBLEMS, securityFor } from './answers.ts';

/** What a hospital's images and answers were like, for the drift watch. */
export function driftRoute(app: OpenAPIHono<AppEnv>, { tenants, drift }: Services): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/hospitals/{hospital}/drift',
    operationId: 'drift',
    summary: 'How images and answers were distributed, to be compared with the training data',
    security: securityFor('release'),
    middleware: authorise(tenants, 'release'),
    request: { params: z.strictObject({ hospital: hospitalParameterSchema }), query: driftOptionsSchema },
    responses: {
      200: { description: 'By release', content: { 'application/json': { schema: driftSchema } } },
      ...LIST_PROBLEMS,
    },
  });
  app.openapi(route, async (c) => {
    const { since = '0000-01-01', until = '9999-12-31' } = c.req.valid('query');
    const found = await drift.histograms(c.var.hospital, since, until);
    return c.json({ releases: [...found].map(([release, histograms]) => ({ release, histograms })) }, 200);
  });
}
