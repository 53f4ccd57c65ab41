import { hospitalParameterSchema, personaIdSchema } from '@d-persona/shared/contract/identifiers.ts';
import { personaOptionsSchema } from '@d-persona/shared/contract/options.ts';
import { personaSegmentationSchema } from '@d-persona/shared/contract/segmentation.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { JSON_TYPE, type PersonaHead, PNG, personaAnswer } from '../answer/persona-answer.ts';
import { DRAWN_BYTES, PICTURE_BYTES } from '../case/work-bytes.ts';
import type { Model } from '../engine/model.ts';
import { DICOM } from '../input/media-type.ts';
import { authorise } from '../middleware/authorise.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv, Services } from '../services.ts';
import { activePersonas } from '../tenant/active-personas.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { SEGMENTATION_PROBLEMS, securityFor } from './answers.ts';
import { DICOM_SCHEMA } from './dicom-body.ts';
import { imageBody } from './request-body.ts';
import { withCase } from './with-case.ts';
import { withModel } from './with-model.ts';

/** The persona endpoint. */
export function personaSegmentationRoute(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants } = services;
  const route = createRoute({
    method: 'post',
    path: '/v1/hospitals/{hospital}/personas/{persona}/segmentations',
    operationId: 'segmentAsPersona',
    summary: 'What one persona draws',
    security: securityFor('segment'),
    middleware: [authorise(tenants, 'segment')] as const,
    request: {
      params: z.strictObject({ hospital: hospitalParameterSchema, persona: personaIdSchema }),
      query: personaOptionsSchema,
      body: imageBody('PersonaOptions', true),
    },
    responses: {
      200: {
        description:
          'As JSON, or as a PNG of the size of the image: the mask (0 and 255), or what `format` says',
        content: {
          [JSON_TYPE]: { schema: personaSegmentationSchema },
          [PNG]: { schema: { type: 'string', format: 'binary' } },
          [DICOM]: { schema: DICOM_SCHEMA },
        },
      },
      ...SEGMENTATION_PROBLEMS,
    },
  });
  app.openapi(route, async (c) => {
    const query = c.req.valid('query');
    const { persona } = c.req.valid('param');
    return withModel(c, services, async (model) => {
      const head = findPersona(model, c.var.tenant, persona);
      const isPicture = query.format !== undefined || c.req.header('accept')?.includes(PNG) === true;
      const perPixel = isPicture ? PICTURE_BYTES : DRAWN_BYTES;
      const body = { allowCase: true, perPixel, options: personaOptionsSchema };
      return withCase(c, services, model, query, body, (open, options) =>
        personaAnswer(head, open, model, options, c.req.header('accept')),
      );
    });
  });
}

function findPersona({ manifest }: Model, tenant: Tenant, id: string): PersonaHead {
  const found = activePersonas(manifest, tenant).find((persona) => persona.id === id);
  if (found !== undefined) return found;
  throw new ProblemError(
    'not-found',
    "persona: the hospital's current release has no persona of this id. GET …/personas lists them.",
  );
}
