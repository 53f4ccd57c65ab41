import { type Case, caseSchema } from '@d-persona/shared/contract/cases.ts';
import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import { caseOptionsSchema } from '@d-persona/shared/contract/options.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { warningField } from '../answer/provenance.ts';
import { casePrompts } from '../case/case-maps.ts';
import type { OpenCase } from '../case/open-case.ts';
import { authorise } from '../middleware/authorise.ts';
import type { AppEnv, Services } from '../services.ts';
import { CASE_PROBLEMS, securityFor } from './answers.ts';
import { imageBody } from './request-body.ts';
import { withCase } from './with-case.ts';
import { withModel } from './with-model.ts';

export function casesRoute(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants } = services;
  const route = createRoute({
    method: 'post',
    path: '/v1/hospitals/{hospital}/cases',
    operationId: 'createCase',
    summary: 'Send an image once, to ask several things about it',
    security: securityFor('segment'),
    middleware: [authorise(tenants, 'segment')] as const,
    request: {
      params: z.strictObject({ hospital: hospitalParameterSchema }),
      query: caseOptionsSchema,
      body: imageBody('CaseOptions', false),
    },
    responses: {
      201: { description: 'The case is kept', content: { 'application/json': { schema: caseSchema } } },
      ...CASE_PROBLEMS,
    },
  });
  app.openapi(route, async (c) => {
    const query = c.req.valid('query');
    return withModel(c, services, (model) =>
      withCase(
        c,
        services,
        model,
        query,
        { allowCase: false, perPixel: 0, options: caseOptionsSchema },
        (open) => {
          casePrompts(open, model);
          return c.json(describeCase(open), 201);
        },
      ),
    );
  });
}

function describeCase({ id, release, size, region, warnings, expires }: OpenCase): Case {
  return {
    case: id,
    release,
    size: [size.height, size.width],
    region,
    ...warningField(warnings),
    expires: new Date(expires).toISOString(),
  };
}
