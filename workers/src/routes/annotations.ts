import {
  annotationIdSchema,
  annotationListOptionsSchema,
  annotationListSchema,
  annotationReceiptSchema,
} from '@d-persona/shared/contract/annotations.ts';
import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import { getBytes } from '@d-persona/shared/release/object-store.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { findAnnotation, listAnnotations } from '../annotation/annotation-rows.ts';
import { keepAnnotation } from '../annotation/keep-annotation.ts';
import { imageKey, maskKey } from '../annotation/pixel-keys.ts';
import { readAnnotation } from '../annotation/read-annotation.ts';
import { idempotencyKey, idempotencyParameter } from '../idempotency/idempotency-key.ts';
import { once } from '../idempotency/once.ts';
import { DICOM, IMAGE_MEDIA_TYPES } from '../input/media-type.ts';
import { withBody } from '../input/read-body.ts';
import { authorise } from '../middleware/authorise.ts';
import { ProblemError } from '../problem/problem-error.ts';
import { storeUnavailable } from '../problem/problem-response.ts';
import type { AppEnv, Services } from '../services.ts';
import { ANNOTATION_PROBLEMS, LIST_PROBLEMS, STORED_PROBLEMS, securityFor } from './answers.ts';
import { withModel } from './with-model.ts';

const PATH = '/v1/hospitals/{hospital}/annotations';
const params = z.strictObject({ hospital: hospitalParameterSchema });
const oneParams = params.extend({ annotation: annotationIdSchema });
const keyParameter = {
  ...idempotencyParameter,
  description: 'The same key is the same annotation. Without one, the same content is',
};

/** What the id in a receipt is for. */
const OF_RECEIPT = { hospital: '$request.path.hospital', annotation: '$response.body#/annotation' };

const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const picture = { type: 'string' as const, format: 'binary' };
const form = {
  type: 'object' as const,
  properties: {
    annotation: reference('AnnotationPart'),
    image: { ...picture, description: 'PNG, JPEG or DICOM' },
    mask: { ...picture, description: 'PNG, or of a DICOM image a DICOM Segmentation or RT Structure Set' },
  },
  required: ['annotation', 'image'],
  additionalProperties: false,
};
const body = {
  required: true,
  description: "An image with a reader's own outline of it, or an outline of a case",
  content: {
    'multipart/form-data': {
      schema: form,
      encoding: {
        annotation: { contentType: 'application/json' },
        image: { contentType: IMAGE_MEDIA_TYPES.join(', ') },
        mask: { contentType: `image/png, ${DICOM}` },
      },
    },
    'application/json': { schema: reference('CaseAnnotation') },
  },
};

/** Readers' own outlines: sent by day, learnt from by night. */
export function annotationsRoutes(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants, sql, store, settings, held, hospitals } = services;
  const create = createRoute({
    method: 'post',
    path: PATH,
    operationId: 'annotate',
    summary: "Hand in a reader's own outline, for the next retraining",
    security: securityFor('annotate'),
    middleware: authorise(tenants, 'annotate'),
    parameters: [keyParameter],
    request: { params, body },
    responses: {
      202: {
        description: 'It is kept',
        content: { 'application/json': { schema: annotationReceiptSchema } },
        links: {
          image: { operationId: 'annotationImage', parameters: OF_RECEIPT },
          mask: { operationId: 'annotationMask', parameters: OF_RECEIPT },
          withdraw: { operationId: 'withdrawAnnotation', parameters: OF_RECEIPT },
        },
      },
      ...ANNOTATION_PROBLEMS,
    },
  });
  app.openapi(create, (c) =>
    withBody(c.req.raw, { maxBytes: settings.MAX_BODY_BYTES, held }, async (bytes) => {
      const { hospital, caller } = c.var;
      const key = idempotencyKey(c.req.header('idempotency-key'));
      const contentType = c.req.header('content-type') ?? '';
      const releaseInput = () => withModel(c, services, async ({ manifest }) => manifest.input);
      const sent = await readAnnotation(bytes, contentType, hospital, services, releaseInput);
      return c.json(await keepAnnotation(services, { hospital, key, by: caller.who }, sent), 202);
    }),
  );

  const list = createRoute({
    method: 'get',
    path: PATH,
    operationId: 'annotations',
    summary: 'Annotations and withdrawals in the order in which they came',
    security: securityFor('release'),
    middleware: authorise(tenants, 'release'),
    request: { params, query: annotationListOptionsSchema },
    responses: {
      200: { description: 'Some of them', content: { 'application/json': { schema: annotationListSchema } } },
      ...LIST_PROBLEMS,
    },
  });
  app.openapi(list, async (c) => {
    const { after = 0, limit = 500 } = c.req.valid('query');
    const found = await listAnnotations(sql, c.var.hospital, after, limit + 1);
    return c.json({ annotations: found.slice(0, limit), more: found.length > limit }, 200);
  });

  for (const kind of ['image', 'mask'] as const) {
    const pixels = createRoute({
      method: 'get',
      path: `${PATH}/{annotation}/${kind}`,
      operationId: `annotation${kind === 'image' ? 'Image' : 'Mask'}`,
      summary: kind === 'image' ? 'The image that was outlined' : 'The outline, 0 and 255',
      security: securityFor('release'),
      middleware: authorise(tenants, 'release'),
      request: { params: oneParams },
      responses: {
        200: { description: 'A PNG', content: { 'image/png': { schema: picture } } },
        ...LIST_PROBLEMS,
      },
    });
    app.openapi(pixels, async (c) => {
      const found = await findAnnotation(sql, c.var.hospital, c.req.valid('param').annotation);
      const key = kind === 'image' ? imageKey : maskKey;
      const png = found && !found.withdrawn ? await getBytes(store, key(c.var.hospital, found[kind])) : null;
      if (png === null) throw unknownAnnotation();
      return c.body(png as Uint8Array<ArrayBuffer>, 200, { 'content-type': 'image/png' });
    });
  }

  const withdraw = createRoute({
    method: 'delete',
    path: `${PATH}/{annotation}`,
    operationId: 'withdrawAnnotation',
    summary: 'Take an annotation back: it is no longer learnt from',
    security: securityFor('annotate'),
    middleware: [authorise(tenants, 'annotate'), once(services)],
    parameters: [idempotencyParameter],
    request: { params: oneParams },
    responses: { 204: { description: 'It is withdrawn' }, ...STORED_PROBLEMS },
  });
  app.openapi(withdraw, async (c) => {
    const { hospital } = c.var;
    const { annotation } = c.req.valid('param');
    const { kind } = await hospitals(hospital).withdraw({ hospital, annotation });
    if (kind === 'unavailable') throw storeUnavailable();
    if (kind === 'unknown') throw unknownAnnotation();
    return c.body(null, 204);
  });
}

function unknownAnnotation(): ProblemError {
  return new ProblemError('not-found', 'annotation: is not kept here, or was withdrawn. See the list.');
}
