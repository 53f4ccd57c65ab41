import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import {
  type AllPersonasOptions,
  allPersonasOptionsSchema,
  DEFAULT_THRESHOLD,
} from '@d-persona/shared/contract/options.ts';
import { type AllPersonas, allPersonasSchema } from '@d-persona/shared/contract/segmentation.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { describeAll } from '../answer/describe-all.ts';
import { negotiate } from '../answer/negotiate.ts';
import { JSON_TYPE } from '../answer/persona-answer.ts';
import { placementOf } from '../answer/placement.ts';
import { provenance } from '../answer/provenance.ts';
import { personaMaps, sampleMaps } from '../case/case-maps.ts';
import type { OpenCase } from '../case/open-case.ts';
import type { Model } from '../engine/model.ts';
import { authorise } from '../middleware/authorise.ts';
import type { AppEnv, Services } from '../services.ts';
import { activePersonas } from '../tenant/active-personas.ts';
import { servedRelease } from '../tenant/served-release.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { SECURITY, SEGMENTATION_PROBLEMS } from './answers.ts';
import { imageBody } from './request-body.ts';
import { withCase } from './with-case.ts';

/** The all-personas endpoint. */
export function segmentationsRoute(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants, models } = services;
  const route = createRoute({
    method: 'post',
    path: '/v1/hospitals/{hospital}/segmentations',
    operationId: 'segment',
    summary: 'What all personas draw, diversified samples, their consensus, and where they disagree',
    security: SECURITY,
    middleware: [authorise(tenants, 'segment')] as const,
    request: {
      params: z.strictObject({ hospital: hospitalParameterSchema }),
      query: allPersonasOptionsSchema,
      body: imageBody('AllPersonasOptions', true),
    },
    responses: {
      200: {
        description: 'Segmentations, consensus and disagreement',
        content: { [JSON_TYPE]: { schema: allPersonasSchema } },
      },
      ...SEGMENTATION_PROBLEMS,
    },
  });
  app.openapi(route, async (c) => {
    negotiate(c.req.header('accept'), [JSON_TYPE]);
    const query = c.req.valid('query');
    return models.use(servedRelease(c.var.tenant), (model) => {
      const body = { allowCase: true, options: allPersonasOptionsSchema };
      return withCase(c, services, model, query, body, (open, options) =>
        c.json(segmentAll(open, model, c.var.tenant, options), 200),
      );
    });
  });
}

function segmentAll(
  open: OpenCase,
  model: Model,
  tenant: Tenant,
  { samples, threshold }: AllPersonasOptions,
): AllPersonas {
  const personas = activePersonas(model.manifest, tenant);
  const maps = {
    personas: personas.map(({ id }) => id),
    personaMaps: personaMaps(
      open,
      model,
      personas.map(({ index }) => index),
    ),
    sampleMaps: sampleMaps(open, model, samples ?? 0),
  };
  return { ...provenance(open), ...describeAll(maps, placementOf(open), threshold ?? DEFAULT_THRESHOLD) };
}
