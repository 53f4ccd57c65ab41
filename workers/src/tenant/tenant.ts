import { hospitalIdSchema, scopeSchema } from '@d-persona/shared/release/hospital.ts';
import { hashSchema, personaSchema } from '@d-persona/shared/release/manifest.ts';
import { z } from 'zod';

/** What a hospital says of a persona that differs from its release. */
export interface PersonaChange {
  readonly title: string | null;
  /** A retired persona is neither listed nor asked. */
  readonly retired: boolean;
}

/** A release on trial beside the current one: it answers a share of requests, or is only compared. */
export interface Trial {
  readonly kind: 'canary' | 'shadow';
  readonly release: string;
  /** Of the requests, from 0 to 1. */
  readonly share: number;
}

/** A hospital as it was when the request came in: the whole request is served by this. */
export interface Tenant {
  readonly id: string;
  readonly title: string;
  /** The current release, or null while there is none. */
  readonly release: string | null;
  /** Counts promotions; the etag of the current release. */
  readonly version: number;
  readonly trial: Trial | null;
  readonly personas: ReadonlyMap<string, PersonaChange>;
}

const json = z.string().transform((text): unknown => JSON.parse(text));

/** Columns of {@link TENANT_COLUMNS}. */
export const tenantRowSchema = z
  .object({
    id: hospitalIdSchema,
    title: z.string(),
    release: hashSchema.nullable(),
    version: z.int(),
    trial_kind: z.enum(['canary', 'shadow']).nullable(),
    trial_release: hashSchema.nullable(),
    trial_share: z.number().nullable(),
    changes: json.pipe(
      z.array(
        z.object({
          id: personaSchema.shape.id,
          title: z.string().nullable(),
          retired: z.string().nullable(),
        }),
      ),
    ),
  })
  .transform(
    ({ id, title, release, version, trial_kind, trial_release, trial_share, changes }): Tenant => ({
      id,
      title,
      release,
      version,
      trial:
        trial_kind === null || trial_release === null
          ? null
          : { kind: trial_kind, release: trial_release, share: trial_share ?? 0 },
      personas: new Map(
        changes.map((change) => [change.id, { title: change.title, retired: change.retired !== null }]),
      ),
    }),
  );

/** What a query selects from `hospitals AS h` to make a {@link Tenant}. */
export const TENANT_COLUMNS = `h.id, h.title, h.release, h.version, h.trial_kind, h.trial_release, h.trial_share,
  (SELECT json_group_array(json_object('id', p.id, 'title', p.title, 'retired', p.retired))
    FROM personas AS p WHERE p.hospital = h.id) AS changes`;

/** Scopes as a column keeps them: with a space between. */
export const scopesColumnSchema = z
  .string()
  .transform((text) => text.split(' '))
  .pipe(z.array(scopeSchema));
