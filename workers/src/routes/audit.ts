import { auditOptionsSchema, auditSchema, MAX_AUDIT_ENTRIES } from '@d-persona/shared/contract/audit.ts';
import { hospitalParameterSchema } from '@d-persona/shared/contract/identifiers.ts';
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi';
import { z } from 'zod';
import { negotiate } from '../answer/negotiate.ts';
import { auditCsv } from '../audit/audit-csv.ts';
import { auditEvents } from '../audit/audit-events.ts';
import { authorise } from '../middleware/authorise.ts';
import type { AppEnv, Services } from '../services.ts';
import { AUDIT_PROBLEMS, securityFor } from './answers.ts';

const JSON_TYPE = 'application/json';
const CSV = 'text/csv';
const FHIR = 'application/fhir+json';
const text = { type: 'string' as const };

/** The audit of a hospital, for its security officer. */
export function auditRoute(app: OpenAPIHono<AppEnv>, { tenants, audit, now }: Services): void {
  const route = createRoute({
    method: 'get',
    path: '/v1/hospitals/{hospital}/audit',
    operationId: 'audit',
    summary: 'Who asked for what, and what became of it',
    security: securityFor('admin'),
    middleware: authorise(tenants, 'admin'),
    request: { params: z.strictObject({ hospital: hospitalParameterSchema }), query: auditOptionsSchema },
    responses: {
      200: {
        description: 'In order of time: as JSON, CSV, or a bundle of FHIR AuditEvent',
        content: { [JSON_TYPE]: { schema: auditSchema }, [CSV]: { schema: text }, [FHIR]: { schema: {} } },
      },
      ...AUDIT_PROBLEMS,
    },
  });
  app.openapi(route, async (c) => {
    const type = negotiate(c.req.header('accept'), [JSON_TYPE, CSV, FHIR]);
    const { since, until, cursor, limit = MAX_AUDIT_ENTRIES } = c.req.valid('query');
    const range = { since: moment(since, 0), until: moment(until, now() + 1) };
    const { entries, next } = await audit.entries({ hospital: c.var.hospital, ...range, cursor, limit });
    if (next !== null) {
      const query = new URLSearchParams({ ...range, limit: String(limit), cursor: next });
      c.header('link', `<${c.req.path}?${query}>; rel="next"`);
    }
    if (type === CSV) return c.body(auditCsv(entries), 200, { 'content-type': `${CSV}; charset=utf-8` });
    if (type === FHIR) {
      return c.body(JSON.stringify(auditEvents(entries)), 200, { 'content-type': FHIR });
    }
    return c.json({ entries, next }, 200);
  });
}

/** Written as the database writes it, since it compares text. @param absent milliseconds since 1970 */
function moment(text: string | undefined, absent: number): string {
  return new Date(text ?? absent).toISOString();
}
