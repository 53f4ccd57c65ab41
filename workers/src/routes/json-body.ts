import type { z } from '@hono/zod-openapi';

/**
 * The description of a JSON body that the handler reads with `readJson`: the router's own validator would know no
 * limit, and repeat what was sent. The schema is registered under this name by `description.ts`.
 */
export function jsonBody(name: string) {
  const schema = { $ref: `#/components/schemas/${name}` };
  return { required: true, content: { 'application/json': { schema } } };
}

/** Schemas of bodies by the name under which descriptions refer to them. */
export type BodySchemas = Readonly<Record<string, z.ZodObject>>;
