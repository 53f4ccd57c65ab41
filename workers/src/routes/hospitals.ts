import {
  hospitalSummarySchema,
  hospitalsSchema,
  newHospitalSchema,
} from '@d-persona/shared/contract/administration.ts';
import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { idempotencyParameter } from '../idempotency/idempotency-key.ts';
import { once } from '../idempotency/once.ts';
import { readJson } from '../input/read-json.ts';
import { authoriseOperator } from '../middleware/authorise.ts';
import { ProblemError } from '../problem/problem-error.ts';
import type { AppEnv, Services } from '../services.ts';
import { LIST_PROBLEMS, STORED_PROBLEMS, securityFor } from './answers.ts';
import { jsonBody } from './json-body.ts';

const SELECT = 'SELECT id, title, created, release FROM hospitals WHERE removed IS NULL';

/** Which hospitals there are: the operator's affair. */
export function hospitalsRoutes(app: OpenAPIHono<AppEnv>, services: Services): void {
  const { tenants, sql, now } = services;
  const common = { security: securityFor('operator'), middleware: authoriseOperator(tenants) };
  const unsafe = {
    security: securityFor('operator'),
    middleware: [authoriseOperator(tenants), once(services)],
    parameters: [idempotencyParameter],
  };
  const list = createRoute({
    method: 'get',
    path: '/v1/hospitals',
    operationId: 'hospitals',
    summary: "All hospitals, for the operator's key",
    ...common,
    responses: {
      200: { description: 'The hospitals', content: { 'application/json': { schema: hospitalsSchema } } },
      ...LIST_PROBLEMS,
    },
  });
  app.openapi(list, async (c) => {
    const hospitals = await sql.rows(hospitalSummarySchema, `${SELECT} ORDER BY id`);
    return c.json({ hospitals }, 200);
  });

  const add = createRoute({
    method: 'post',
    path: '/v1/hospitals',
    operationId: 'addHospital',
    summary: "Add a hospital, for the operator's key",
    ...unsafe,
    request: { body: jsonBody('NewHospital') },
    responses: {
      201: { description: 'It is added', content: { 'application/json': { schema: hospitalSummarySchema } } },
      ...STORED_PROBLEMS,
    },
  });
  app.openapi(add, async (c) => {
    const { id, title } = await readJson(c, services, newHospitalSchema);
    await sql.write([
      'INSERT INTO hospitals (id, title, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
      ...[id, title, new Date(now()).toISOString()],
    ]);
    // The same request again, after an answer that was lost, finds what the first one added.
    const hospital = await sql.row(hospitalSummarySchema, `${SELECT} AND id = ? AND title = ?`, id, title);
    if (hospital !== null) return c.json(hospital, 201);
    throw new ProblemError('conflict', 'id: is, or was, the id of another hospital. Choose another.');
  });

  const remove = createRoute({
    method: 'delete',
    path: '/v1/hospitals/{hospital}',
    operationId: 'removeHospital',
    summary: "Remove a hospital, for the operator's key: none of its keys works any more",
    ...unsafe,
    request: { params: z.strictObject({ hospital: hospitalParameterSchema }) },
    responses: { 204: { description: 'It is removed' }, ...STORED_PROBLEMS },
  });
  app.openapi(remove, async (c) => {
    const { hospital } = c.req.valid('param');
    const at = new Date(now()).toISOString();
    const [changed] = await sql.write(
      [
        // One that is removed already stays so, and the same request again is told the same.
        'UPDATE hospitals SET removed = coalesce(removed, ?), issuer = NULL, audience = NULL WHERE id = ?',
        ...[at, hospital],
      ],
      ['UPDATE keys SET revoked = coalesce(revoked, ?) WHERE hospital = ?', at, hospital],
    );
    if (changed === 0) throw new ProblemError('not-found', 'path: there is no such hospital.');
    return c.body(null, 204);
  });
}
