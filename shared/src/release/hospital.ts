import { z } from 'zod';
import { InputError } from '../errors.ts';
import { hashSchema } from './manifest.ts';
import { getBytes, type ObjectStore } from './object-store.ts';

/** What a key may do. */
export const scopeSchema = z.enum(['segment', 'annotate', 'release', 'admin']);
export type Scope = z.infer<typeof scopeSchema>;

export const hospitalIdSchema = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/)
  .meta({ description: 'Lower-case letters, digits and hyphens' });

/** What is kept of an API key: enough to recognise it, not enough to use it. */
export const keyRecordSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  hash: hashSchema.meta({ description: 'SHA-256 of salt and key' }),
  scopes: z.array(scopeSchema).min(1),
  created: z.iso.datetime(),
});
export type KeyRecord = z.infer<typeof keyRecordSchema>;

/** `hospitals/<id>/hospital.json`. */
export const hospitalSchema = z.strictObject({
  id: hospitalIdSchema,
  title: z.string().min(1).max(200),
  keys: z.array(keyRecordSchema),
});
export type Hospital = z.infer<typeof hospitalSchema>;

/** The key of one of a hospital's files in a store. @throws InputError `bad-hospital-id`. */
export function hospitalKey(id: string, file: 'hospital.json' | 'current.json'): string {
  if (!hospitalIdSchema.safeParse(id).success) {
    const remedy = 'Use lower-case letters, digits and hyphens';
    throw new InputError({
      code: 'bad-hospital-id',
      input: 'hospital',
      problem: 'is not a valid id',
      remedy,
    });
  }
  return `hospitals/${id}/${file}`;
}

/**
 * The hospital, or null where there is none of that id (also where no hospital could have it).
 *
 * @throws InputError `bad-hospital` for a file that breaks its schema.
 */
export async function loadHospital(store: ObjectStore, id: string): Promise<Hospital | null> {
  if (!hospitalIdSchema.safeParse(id).success) return null;
  const key = hospitalKey(id, 'hospital.json');
  const bytes = await getBytes(store, key);
  if (!bytes) return null;
  try {
    return hospitalSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    const problem = 'is not a valid description of a hospital';
    throw new InputError({
      code: 'bad-hospital',
      input: key,
      problem,
      remedy: 'Write it again with its keys',
      cause,
    });
  }
}

/** Stores a hospital. @throws ZodError for one that breaks the schema (a bug of the caller). */
export async function saveHospital(store: ObjectStore, hospital: Hospital): Promise<void> {
  const text = JSON.stringify(hospitalSchema.parse(hospital), null, 2);
  await store.put(hospitalKey(hospital.id, 'hospital.json'), new TextEncoder().encode(`${text}\n`));
}
