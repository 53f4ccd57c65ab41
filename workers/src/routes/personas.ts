import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import { personasSchema } from '@d-persona/shared/contract/personas.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { authorise } from '../middleware/authorise.ts';
import type { AppEnv, Services } from '../services.ts';
import { activePersonas } from '../tenant/active-personas.ts';
import { LIST_PROBLEMS, securityFor } from './answers.ts';
import { withModel } from './with-model.ts';

export function personasRoute(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants } = services;
  const route = createRoute({
    method: 'get',
    path: '/v1/hospitals/{hospital}/personas',
    operationId: 'personas',
    summary: 'The personas of the current release',
    security: securityFor('segment'),
    middleware: [authorise(tenants, 'segment')] as const,
    request: { params: z.strictObject({ hospital: hospitalParameterSchema }) },
    responses: {
      200: { description: 'The personas', content: { 'application/json': { schema: personasSchema } } },
      ...LIST_PROBLEMS,
    },
  });
  app.openapi(route, async (c) => {
    return withModel(c, services, async ({ hash, manifest }) => {
      const personas = activePersonas(manifest, c.var.tenant).map(({ index: _, ...persona }) => persona);
      return c.json({ release: hash, personas }, 200);
    });
  });
}
