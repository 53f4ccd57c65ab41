import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import { volumeSchema } from '@d-persona/shared/contract/volume.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { DICOM_TYPES, isDicomType } from '../answer/dicom-types.ts';
import { negotiate } from '../answer/negotiate.ts';
import { binary, JSON_TYPE } from '../answer/persona-answer.ts';
import { DICOM } from '../input/media-type.ts';
import { withBody } from '../input/read-body.ts';
import { authorise } from '../middleware/authorise.ts';
import type { AppEnv, Services } from '../services.ts';
import { activePersonas } from '../tenant/active-personas.ts';
import { volumeOptionsSchema } from '../volume/volume-options.ts';
import { SEGMENTATION_PROBLEMS, securityFor } from './answers.ts';
import { DICOM_SCHEMA } from './dicom-body.ts';
import { withModel } from './with-model.ts';

/** The content types of `volume/read-series.ts`, which is loaded with the first series. */
const BODIES = {
  [DICOM]: 'A multi-frame image',
  'application/zip': 'An archive of DICOM files',
  'multipart/related': 'Parts of type application/dicom',
};

/** All personas on each slice of a series. */
export function volumeSegmentationsRoute(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants, settings, held } = services;
  const content = Object.entries(BODIES).map(([type, description]) => [
    type,
    { schema: { type: 'string' as const, format: 'binary', description } },
  ]);
  const route = createRoute({
    method: 'post',
    path: '/v1/hospitals/{hospital}/volumes/segmentations',
    operationId: 'segmentVolume',
    summary: 'What all personas draw on each slice of a DICOM series, in order of position',
    security: securityFor('segment'),
    middleware: [authorise(tenants, 'segment')] as const,
    request: {
      params: z.strictObject({ hospital: hospitalParameterSchema }),
      query: volumeOptionsSchema,
      body: { required: true, description: 'The images of one series', content: Object.fromEntries(content) },
    },
    responses: {
      200: {
        description: 'Slices, or one DICOM object about all of them',
        content: { [JSON_TYPE]: { schema: volumeSchema }, [DICOM]: { schema: DICOM_SCHEMA } },
      },
      ...SEGMENTATION_PROBLEMS,
    },
  });
  app.openapi(route, async (c) => {
    const type = negotiate(c.req.header('accept'), [JSON_TYPE, ...DICOM_TYPES]);
    const options = c.req.valid('query');
    const contentType = c.req.header('content-type') ?? '';
    const { stages, tenant } = c.var;
    return withModel(c, services, (model) => {
      stages.enter('read');
      return withBody(c.req.raw, { maxBytes: settings.MAX_BODY_BYTES, held }, async (body) => {
        stages.leave();
        const { describeVolume, volumeObject } = await import('../volume/volume-answer.ts');
        const request = {
          body,
          contentType,
          hospital: tenant.id,
          options,
          model,
          personas: activePersonas(model.manifest, tenant),
        };
        if (!isDicomType(type)) return c.json(await describeVolume(request, services), 200);
        const headers = { 'd-persona-release': model.hash, 'd-persona-seed': String(options.seed ?? 0) };
        return binary(await volumeObject(type, request, services), DICOM, headers);
      });
    });
  });
}
