import { z } from 'zod';
import { scopesColumnSchema, TENANT_COLUMNS, tenantRowSchema } from './tenant.ts';

const keyColumns = z.object({
  key_id: z.string(),
  salt: z.string(),
  hash: z.string(),
  scopes: scopesColumnSchema,
  expires: z.string().nullable(),
});

/** A key that is not revoked, and the hospital it belongs to: one question to the database for each request. */
export const keyRowSchema = z
  .looseObject({ key_id: z.string() })
  .transform((row) => ({ tenant: tenantRowSchema.parse(row), key: keyColumns.parse(row) }));

export type KeyRow = z.output<typeof keyRowSchema>;

/** Values: the hospital, the id of the key. */
export const SELECT_KEY = `SELECT ${TENANT_COLUMNS}, k.id AS key_id, k.salt, k.hash, k.scopes, k.expires
  FROM hospitals AS h JOIN keys AS k ON k.hospital = h.id
  WHERE h.id = ? AND k.id = ? AND h.removed IS NULL AND k.revoked IS NULL`;
