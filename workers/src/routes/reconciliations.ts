import { reconciliationSchema } from '@d-persona/shared/contract/administration.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { authoriseOperator } from '../middleware/authorise.ts';
import { reconcile } from '../reconcile/reconcile.ts';
import type { AppEnv, Services } from '../services.ts';
import { LIST_PROBLEMS, securityFor } from './answers.ts';

/** What every night does by itself, at once: for the operator. */
export function reconciliationsRoute(app: OpenAPIHono<AppEnv>, services: Services): void {
  const route = createRoute({
    method: 'post',
    path: '/v1/reconciliations',
    operationId: 'reconcile',
    summary: "Finish or remove what stopped Workers left half-way, for the operator's key",
    security: securityFor('operator'),
    middleware: authoriseOperator(services.tenants),
    responses: {
      200: {
        description: 'What was found',
        content: { 'application/json': { schema: reconciliationSchema } },
      },
      ...LIST_PROBLEMS,
    },
  });
  app.openapi(route, async (c) => c.json(await reconcile(services), 200));
}
