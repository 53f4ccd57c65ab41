import { hospitalParameterSchema, releaseHashSchema } from '@d-persona/shared/contract/identifiers.ts';
import { partNameSchema, storedPartSchema } from '@d-persona/shared/contract/releases.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { withBody } from '../input/read-body.ts';
import { authorise } from '../middleware/authorise.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv, Services } from '../services.ts';
import { storePart, storeRelease } from '../tenant/store-release.ts';
import { STORED_PROBLEMS, securityFor } from './answers.ts';

/** Any bytes; their meaning is checked by the handler, which also limits them. */
function bytesBody(type: string) {
  return {
    required: true,
    content: { [type]: { schema: { type: 'string' as const, format: 'binary', minLength: 1 } } },
  };
}

/** Publishing: the parts of a release, then its manifest. */
export function publishRoutes(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants, settings, held } = services;
  const limits = { maxBytes: settings.MAX_BODY_BYTES, held };
  const common = { security: securityFor('release'), middleware: authorise(tenants, 'release') };
  const part = createRoute({
    method: 'put',
    path: '/v1/hospitals/{hospital}/parts/{part}',
    operationId: 'storePart',
    summary: 'Store weights of a release that is about to be published',
    ...common,
    request: {
      params: z.strictObject({ hospital: hospitalParameterSchema, part: partNameSchema }),
      body: bytesBody('application/octet-stream'),
    },
    responses: {
      200: { description: 'It is stored', content: { 'application/json': { schema: storedPartSchema } } },
      ...STORED_PROBLEMS,
    },
  });
  app.openapi(part, (c) =>
    withBody(c.req.raw, limits, async (bytes) => {
      if (bytes.length === 0)
        throw new ProblemError('malformed-request', 'body: has 0 bytes. Send the part.');
      const sha256 = await storePart(services, c.req.valid('param').part, bytes);
      return c.json({ sha256, bytes: bytes.length }, 200);
    }),
  );

  const manifest = createRoute({
    method: 'put',
    path: '/v1/hospitals/{hospital}/releases/{release}',
    operationId: 'publish',
    summary: 'Publish a release whose parts are stored: its manifest, which is what its hash is of',
    ...common,
    request: {
      params: z.strictObject({ hospital: hospitalParameterSchema, release: releaseHashSchema }),
      body: bytesBody('application/json'),
    },
    responses: { 204: { description: 'It can be promoted' }, ...STORED_PROBLEMS },
  });
  app.openapi(manifest, (c) =>
    withBody(c.req.raw, limits, async (bytes) => {
      await storeRelease(services, c.var.hospital, c.req.valid('param').release, bytes);
      return c.body(null, 204);
    }),
  );
}
