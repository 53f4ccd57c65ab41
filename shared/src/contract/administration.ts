import { z } from 'zod';
import { hospitalIdSchema, scopeSchema } from '../release/hospital.ts';
import { personaSchema } from '../release/manifest.ts';
import { releaseHashSchema } from './identifiers.ts';

const title = z.string().min(1).max(200);
const scopes = z.array(scopeSchema).min(1).max(4);
const days = z.int().min(1).max(36_500);

export const newHospitalSchema = z
  .strictObject({ id: hospitalIdSchema, title })
  .meta({ id: 'NewHospital', description: 'A hospital to add' });

export const hospitalSummarySchema = z
  .strictObject({
    id: hospitalIdSchema,
    title,
    created: z.iso.datetime(),
    release: releaseHashSchema.nullable().meta({ description: 'Which serves it' }),
  })
  .meta({ id: 'HospitalSummary', description: 'A hospital' });

export const hospitalsSchema = z
  .strictObject({ hospitals: z.array(hospitalSummarySchema) })
  .meta({ id: 'Hospitals', description: 'All hospitals' });

export const keyIdSchema = z
  .string()
  .regex(/^[0-9a-f]{12}$/)
  .meta({ description: 'The id of a key: its third part' });

export const newKeySchema = z
  .strictObject({
    scopes,
    expires: z.iso.datetime({ offset: true }).optional().meta({ description: 'Never if absent' }),
  })
  .meta({ id: 'NewKey', description: 'A key to make' });

export const rotationSchema = z
  .strictObject({
    grace: z
      .int()
      .min(0)
      .max(30 * 86_400)
      .default(0)
      .meta({ description: 'For how many seconds the old key still works' }),
  })
  .meta({ id: 'Rotation', description: 'A key to replace' });

const keyFields = {
  id: keyIdSchema,
  scopes,
  created: z.iso.datetime(),
  expires: z.iso.datetime().nullable(),
};

export const madeKeySchema = z
  .strictObject({ ...keyFields, key: z.string().meta({ description: 'The key itself, shown this once' }) })
  .meta({ id: 'MadeKey', description: 'A new key' });

export type MadeKey = z.infer<typeof madeKeySchema>;

export const keysSchema = z
  .strictObject({
    keys: z.array(z.strictObject({ ...keyFields, revoked: z.iso.datetime().nullable() })),
  })
  .meta({ id: 'Keys', description: 'The keys of a hospital, without their secrets' });

export const personaChangeSchema = z
  .strictObject({ title: title.optional(), retired: z.boolean().optional() })
  .meta({ id: 'PersonaChange', description: 'What to change of a persona' });

export const changedPersonaSchema = z
  .strictObject({ id: personaSchema.shape.id, title: title.nullable(), retired: z.boolean() })
  .meta({
    id: 'ChangedPersona',
    description: 'What the hospital says of a persona that differs from its releases',
  });

export const retentionSchema = z
  .strictObject({ annotation_days: days, audit_days: days })
  .meta({ id: 'Retention', description: 'For how many days annotations and the audit are kept' });

const publicKeySchema = z
  .looseObject({ kty: z.enum(['RSA', 'EC', 'OKP']), kid: z.string().min(1).max(200).optional() })
  .refine((key) => !('d' in key) && !('k' in key), 'is a private key');

export const identityProviderSchema = z
  .strictObject({
    issuer: z.url().max(500),
    audience: z.string().min(1).max(500),
    jwks: z.strictObject({ keys: z.array(publicKeySchema).min(1).max(16) }),
    scopes,
  })
  .meta({
    id: 'IdentityProvider',
    description: "Whose access tokens (JWT) are taken instead of keys: the hospital's own public keys",
  });

export type IdentityProvider = z.infer<typeof identityProviderSchema>;

const count = z.int().min(0);

export const reconciliationSchema = z
  .strictObject({
    finished: count.meta({
      description: 'Writes that a stopped Worker had begun, and that are finished now',
    }),
    dropped: count.meta({ description: 'Writes that could not be finished: nothing of them is left' }),
    audited: count.meta({ description: 'Entries of the audit that the database had not taken' }),
    erased: count.meta({ description: 'Objects that nothing needed, now or twelve hours ago' }),
    orphans: count.meta({ description: 'Objects that nothing needs now' }),
    missing: count.meta({ description: 'Objects that something needs and that are not there: restore them' }),
    broken: count.meta({
      description: 'Releases that cannot be read; while there are any, no part is erased',
    }),
  })
  .meta({ id: 'Reconciliation', description: 'What was found between store and database' });

export type Reconciliation = z.infer<typeof reconciliationSchema>;
